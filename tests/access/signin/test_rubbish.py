"""Whatever is sent to the doors is answered below 500."""

from typing import Any

import pytest
from django.test import Client

from tests.access.signin.people import JSON, Browser
from tests.conftest import Person
from wificore.access.models import User

RUBBISH: list[Any] = [
    {},
    {"email": None, "password": None},
    {"email": 1, "password": 2},
    {"email": ["owner@alpha.test"], "password": {"a": 1}},
    {"email": "owner@alpha.test\0", "password": "\0"},
    {"email": "x" * 5_000 + "@alpha.test", "password": "y" * 100_000},
    {"email": "é@ß.test", "password": "\ud7ff"},
    {"username": "owner@alpha.test", "password": "x"},
    {"key": {"a": 1}, "password": []},
    {"key": "\0", "password": "x"},
    {"refresh_token": 7},
    {"refresh_token": "a.b.c"},
    {"sessions": "all"},
    {"sessions": [{}]},
    {"sessions": ["x", -1, 2**70]},
    {"code": None},
    {"code": "\0" * 9},
    {"current_password": [], "new_password": {}},
    [],
    "text",
    7,
]
DOORS = [
    ("post", "auth/login"),
    ("post", "auth/2fa/authenticate"),
    ("post", "auth/2fa/reauthenticate"),
    ("post", "auth/password/request"),
    ("post", "auth/password/reset"),
    ("post", "auth/reauthenticate"),
    ("post", "account/password/change"),
    ("delete", "auth/sessions"),
    ("delete", "auth/session"),
    ("post", "tokens/refresh"),
]


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wificore.kernel.tasks.SchemaTask.enqueue", lambda *_a: None)


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_rubbish_of_an_app_is_refused(owner: Person, method: str, door: str) -> None:
    client = Client(headers={"host": owner.host}, raise_request_exception=False)
    for body in RUBBISH:
        answer = getattr(client, method)(f"/_allauth/app/v1/{door}", body, JSON)
        assert answer.status_code < 500, (door, body)
    for raw in (b"", b"{", b"\xff\xfe", b"null"):
        answer = client.generic(method, f"/_allauth/app/v1/{door}", raw, JSON)
        assert answer.status_code < 500, (door, raw)


@pytest.mark.parametrize(("method", "door"), DOORS[:-1])
def test_rubbish_of_somebody_who_is_signed_in_is_refused(
    amina: User, method: str, door: str
) -> None:
    browser = Browser("alpha.localhost")
    browser.sign_in(amina.email)
    for body in RUBBISH:
        answer = browser.send(method, door, body)
        assert answer.status_code < 500, (door, body, answer.content[:500])


@pytest.mark.parametrize("token", ["", "x", "a b", "\xe9", "." * 3, "A" * 9_000])
@pytest.mark.parametrize("header", ["authorization", "x-session-token"])
def test_tokens_that_are_none_are_refused(owner: Person, header: str, token: str) -> None:
    client = Client(headers={"host": owner.host}, raise_request_exception=False)
    value = f"Bearer {token}" if header == "authorization" else token
    for path in ("/_allauth/app/v1/auth/session", "/api/v1/me/"):
        answer = client.get(path, headers={header: value})
        assert answer.status_code in (401, 410), (path, answer.status_code)
