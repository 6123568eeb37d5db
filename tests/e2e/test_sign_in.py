"""Signing in over real HTTP at the running platform, as a browser, an app and an operator do."""

import http.client
import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg2
import pytest

from tests.e2e.conftest import Stack, eventually

BROWSER, APP = "/_allauth/browser/v1", "/_allauth/app/v1"
TRIES = 20
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Browser:
    """Keeps the cookies of one host."""

    def __init__(self, url: str, host: str) -> None:
        self.host = host
        self.cookies: SimpleCookie = SimpleCookie()
        self.server = urlsplit(url).netloc

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON (or text) of one request."""
        headers = {"Host": self.host, "Content-Type": "application/json", **headers}
        if self.cookies:
            pairs = (f"{name}={morsel.value}" for name, morsel in self.cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        if "csrftoken" in self.cookies:
            headers["X-CSRFToken"] = self.cookies["csrftoken"].value
        connection = http.client.HTTPConnection(self.server, timeout=60)
        data = body if isinstance(body, str) else json.dumps(body or {})
        connection.request(method, path, None if method == "GET" else data, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        content = answer.read()
        connection.close()
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status, json.loads(content) if is_json else content.decode()

    def sign_in(self, email: str, password: str) -> int:
        self.send("GET", f"{BROWSER}/config")
        body = {"email": email, "password": password}
        return self.send("POST", f"{BROWSER}/auth/login", body)[0]


@pytest.fixture
def acme(stack: Stack) -> Iterator[dict[str, Any]]:
    """The first demo tenant; nobody of it is locked out after the test."""
    tenant: dict[str, Any] = stack.contract["tenants"][0]
    yield tenant
    with psycopg2.connect(stack.contract["postgres"]["dsn"]) as connection:
        with connection.cursor() as cursor:
            for other in stack.contract["tenants"]:
                cursor.execute(f'TRUNCATE "{other["schema"]}".access_lockout')
    connection.close()


def browser(stack: Stack, host: str) -> Browser:
    return Browser(stack.contract["web"]["url"], host)


def test_a_browser_signs_in_works_and_signs_out(stack: Stack, acme: dict[str, Any]) -> None:
    owner, here = acme["owner"], browser(stack, acme["host"])
    assert here.sign_in(owner["email"], owner["password"]) == 200
    session = here.cookies["wc_session"]
    assert (session["httponly"], session["samesite"], session["domain"]) == (True, "Lax", "")
    status, me = here.send("GET", "/api/v1/me/")
    assert (status, me["email"]) == (200, owner["email"])
    assert here.send("GET", "/admin/")[0] == 200
    made = here.send("POST", "/api/v1/auth/tokens/", {"name": "made by cookie"})
    assert made[0] == 201
    here.cookies.pop("csrftoken")
    assert here.send("POST", "/api/v1/auth/tokens/", {"name": "no token"})[0] == 403
    here.send("GET", f"{BROWSER}/config")
    assert here.send("DELETE", f"{BROWSER}/auth/session")[0] == 401
    assert here.send("GET", "/api/v1/me/")[0] == 401


def test_the_cookie_is_nobodys_elsewhere(stack: Stack, acme: dict[str, Any]) -> None:
    owner, here = acme["owner"], browser(stack, acme["host"])
    here.sign_in(owner["email"], owner["password"])
    cookie = here.cookies["wc_session"].value
    other = stack.contract["tenants"][1]["host"]
    for host, name in (
        (other, "wc_session"),
        (stack.contract["platform"]["host"], "wc_platform_session"),
    ):
        thief = browser(stack, host)
        thief.cookies[name] = cookie
        assert thief.send("GET", "/api/v1/me/")[0] == 401
        assert thief.send("GET", "/admin/")[0] == 302
    assert here.send("GET", "/api/v1/me/")[0] == 200


@pytest.mark.parametrize("where", ["tenant", "platform"])
def test_the_admins_page_signs_in(stack: Stack, acme: dict[str, Any], where: str) -> None:
    person = acme["owner"] if where == "tenant" else stack.contract["platform"]
    host = acme["host"] if where == "tenant" else stack.contract["platform"]["host"]
    here = browser(stack, host)
    _, page = here.send("GET", "/admin/login/")
    token = FORM_TOKEN.search(page)
    assert token
    form = {
        "username": person["email"],
        "password": person["password"],
        "csrfmiddlewaretoken": token[1],
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert here.send("POST", "/admin/login/", urlencode(form), **kind)[0] == 302
    assert here.send("GET", "/admin/")[0] == 200


def test_thirty_tries_at_once_lock_one_tenants_account_only(
    stack: Stack, acme: dict[str, Any]
) -> None:
    owner, other = acme["owner"], stack.contract["tenants"][1]

    def guess(number: int) -> int:
        spoofed = {"X-Forwarded-For": f"198.51.100.{number}"}
        body = {"email": owner["email"], "password": "wrong"}
        return browser(stack, acme["host"]).send("POST", f"{APP}/auth/login", body, **spoofed)[0]

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(30)))
    assert (answers.count(400), answers.count(429)) == (TRIES, 30 - TRIES)
    assert browser(stack, acme["host"]).sign_in(owner["email"], owner["password"]) == 429
    theirs = other["owner"]
    assert browser(stack, other["host"]).sign_in(theirs["email"], theirs["password"]) == 200
    token = {"Authorization": f"Token {owner['token']}"}
    me = browser(stack, acme["host"]).send("GET", "/api/v1/me/", **token)
    assert me[0] == 200, "programs work on"


def test_an_app_gets_tokens_for_its_own_tenant(stack: Stack, acme: dict[str, Any]) -> None:
    owner, app = acme["owner"], browser(stack, acme["host"])
    body = {"email": owner["email"], "password": owner["password"]}
    status, answer = app.send("POST", f"{APP}/auth/login", body)
    assert status == 200
    assert not app.cookies
    bearer = {"Authorization": f"Bearer {answer['meta']['access_token']}"}
    assert app.send("GET", "/api/v1/me/", **bearer)[0] == 200
    other = browser(stack, stack.contract["tenants"][1]["host"])
    assert other.send("GET", "/api/v1/me/", **bearer)[0] == 401
    session = {"X-Session-Token": answer["meta"]["session_token"]}
    app.send("DELETE", f"{APP}/auth/session", **session)
    assert app.send("GET", "/api/v1/me/", **bearer)[0] == 401


def test_a_forgotten_password_is_mailed_to_a_file_in_development(
    stack: Stack, acme: dict[str, Any]
) -> None:
    here, mark = browser(stack, acme["host"]), uuid.uuid4().hex
    here.send("GET", f"{BROWSER}/config")
    for email in (f"{mark}@nobody.test", acme["owner"]["email"]):
        assert here.send("POST", f"{BROWSER}/auth/password/request", {"email": email})[0] == 200
    folder: Path = stack.running.var / "mail"
    link = f"http://{acme['host']}/sign-in/reset/"
    mails = [mail for mail in eventually(lambda: _mails(folder, link)) if link in mail]
    assert [acme["owner"]["email"] in mail for mail in mails] == [True]
    assert mark not in "".join(_mails(folder, ""))


def _mails(folder: Path, holding: str) -> list[str]:
    """The mails that were written there, if one holds this: notices are mailed too."""
    mails = [file.read_text() for file in folder.glob("*")]
    return mails if any(holding in mail for mail in mails) else []
