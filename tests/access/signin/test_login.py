"""Signing in with a password, as the web client does it."""

import pytest

from tests.access.signin.people import PREFIX, WRONG, Browser, told
from tests.conftest import PASSWORD, Person, World
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context

NOBODY = "nobody@alpha.test"


def test_the_right_password_signs_in_and_the_cookie_opens_api_and_admin(owner: Person) -> None:
    browser = Browser(owner.host)
    answer = browser.sign_in(owner.email)
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["email"] == owner.email
    assert PASSWORD not in answer.content.decode()
    assert browser.is_signed_in()


def test_operators_sign_in_on_the_platforms_host(operator: Person) -> None:
    browser = Browser(operator.host)
    assert browser.sign_in(operator.email).status_code == 200
    assert "wc_platform_session" in browser.cookies
    assert "wc_session" not in browser.cookies
    assert browser.is_signed_in()


def test_the_address_is_compared_without_case_and_blanks(owner: Person) -> None:
    assert Browser(owner.host).sign_in(f" {owner.email.upper()} ").status_code == 200


@pytest.mark.parametrize("host", ["beta.localhost", "platform.localhost"])
def test_nobody_signs_in_elsewhere(owner: Person, host: str) -> None:
    browser = Browser(host)
    assert browser.sign_in(owner.email).status_code == 400
    assert not browser.is_signed_in()


def test_wrong_unknown_and_inactive_are_answered_alike(owner: Person, amina: User) -> None:
    with tenant_context(_Alpha):
        User.objects.filter(pk=amina.pk).update(is_active=False)
    answers = [
        Browser(owner.host).sign_in(owner.email, WRONG),
        Browser(owner.host).sign_in(NOBODY, WRONG),
        Browser(owner.host).sign_in(amina.email, PASSWORD),
    ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert len({answer.content for answer in answers}) == 1


class _Alpha:
    schema_name = "ts_alpha"


@pytest.mark.parametrize("email", ["owner@alpha.test", NOBODY])
def test_one_hash_is_computed_whether_or_not_there_is_an_account(
    owner: Person, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    Browser(owner.host).sign_in(email, WRONG)
    assert hashed == [WRONG]


def test_without_the_csrf_token_nobody_signs_in(owner: Person) -> None:
    browser = Browser(owner.host)
    body = {"email": owner.email, "password": PASSWORD}
    answer = browser.post(f"{PREFIX}/auth/login", body, "application/json")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "csrf_failed"
    assert not browser.is_signed_in()


def test_the_config_sets_the_csrf_cookie_and_offers_no_sign_up(owner: Person) -> None:
    browser = Browser(owner.host)
    config = browser.config()
    assert config.status_code == 200
    assert config.json()["data"]["account"]["is_open_for_signup"] is False
    assert "csrftoken" in browser.cookies
    body = {"email": "new@alpha.test", "password": PASSWORD}
    assert browser.send("post", "auth/signup", body).status_code == 403


def test_a_write_with_the_cookie_needs_the_csrf_token(owner: Person) -> None:
    browser = Browser(owner.host)
    browser.sign_in(owner.email)
    path, body = "/api/v1/auth/tokens/", {"name": "by cookie"}
    assert browser.post(path, body, "application/json").status_code == 403
    assert browser.send("post", path, body).status_code == 201


def test_cookies_are_host_only_and_closed_to_scripts(owner: Person) -> None:
    browser = Browser(owner.host)
    browser.sign_in(owner.email)
    session, csrf = browser.cookies["wc_session"], browser.cookies["csrftoken"]
    assert session["httponly"] is True
    assert (session["samesite"], csrf["samesite"]) == ("Lax", "Lax")
    assert (session["domain"], csrf["domain"]) == ("", "")


def test_signing_out_ends_the_session_for_everybody_who_has_the_cookie(owner: Person) -> None:
    browser, copy = Browser(owner.host), Browser(owner.host)
    browser.sign_in(owner.email)
    copy.cookies["wc_session"] = browser.cookies["wc_session"].value
    assert copy.is_signed_in()
    answer = browser.sign_out()
    assert (answer.status_code, answer.json()["meta"]["is_authenticated"]) == (401, False)
    assert not browser.is_signed_in()
    assert not copy.is_signed_in()


def test_signing_in_gives_the_session_another_key(owner: Person) -> None:
    """A cookie that somebody planted before is nobody's after (session fixation)."""
    browser = Browser(owner.host)
    browser.sign_in(owner.email)
    first = browser.cookies["wc_session"].value
    browser.sign_out()
    browser.cookies["wc_session"] = first
    browser.sign_in(owner.email)
    assert browser.cookies["wc_session"].value != first


def test_a_cookie_copied_to_another_host_is_nobody(owner: Person) -> None:
    browser = Browser(owner.host)
    browser.sign_in(owner.email)
    for host, name in (
        ("beta.localhost", "wc_session"),
        ("platform.localhost", "wc_platform_session"),
    ):
        thief = Browser(host)
        thief.cookies[name] = browser.cookies["wc_session"].value
        assert not thief.is_signed_in()
    assert browser.is_signed_in()


@pytest.mark.parametrize("host", ["nobody.localhost", "suspended.localhost"])
def test_hosts_that_are_not_served_are_answered_before_any_sign_in(world: World, host: str) -> None:
    from tenants.services import tenant_resume, tenant_suspend

    suspended = host.startswith("suspended")
    if suspended:
        host = "beta.localhost"
        tenant_suspend(tenant=world.beta)
    try:
        answer = Browser(host).config()
    finally:
        if suspended:
            tenant_resume(tenant=world.beta)
    expected = (403, "tenant_suspended") if suspended else (404, "unknown_host")
    assert (answer.status_code, answer.json()["error"]["code"]) == expected


def test_who_signs_in_fails_or_signs_out_is_in_the_trail(world: World, owner: Person) -> None:
    browser = Browser(owner.host, **{"user-agent": "Firefox"})
    browser.sign_in(owner.email, WRONG)
    browser.sign_in("a-password@typed.here", WRONG)
    browser.sign_in(owner.email)
    browser.sign_out()
    lines = told(world.alpha)
    assert [action for action, _ in lines] == [
        "signin.failed",
        "signin.failed",
        "signin.succeeded",
        "signin.ended",
    ]
    assert lines[0][1] == {"account": owner.email, "known": True}
    assert lines[1][1] == {"account": "", "known": False}
    assert lines[2][1] == {"account": owner.email, "methods": ["password"]}
    assert WRONG not in str(lines)
    assert "typed.here" not in str(lines)
    assert told(world.beta) == []
