"""Authenticator apps and recovery codes, with real codes."""

from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from tests.access.mfa import totp
from tests.access.signin.people import PREFIX, Browser, told
from tests.conftest import PASSWORD, World
from wificore.kernel.db.context import tenant_context

ALPHA, BETA = "alpha.localhost", "beta.localhost"
OWNER, CLERK = "owner@alpha.test", "clerk@alpha.test"
TOTP = f"{PREFIX}/account/authenticators/totp"
RECOVERY = f"{PREFIX}/account/authenticators/recovery-codes"
SECOND = "auth/2fa/authenticate"


def with_app(browser: Browser, email: str = OWNER) -> str:
    """Sign in and set up an authenticator app; its secret."""
    assert browser.sign_in(email).status_code == 200
    again = browser.send("post", "auth/reauthenticate", {"password": PASSWORD})
    assert again.status_code == 200, again.content
    offered = browser.get(TOTP)
    assert offered.status_code == 404  # allauth's way to say: none yet, here is a new secret
    secret = str(offered.json()["meta"]["secret"])
    with totp.early_in_a_step():
        made = browser.send("post", TOTP, {"code": totp.code(secret)})
    assert made.status_code == 200, made.content
    return secret


def recovery_codes(browser: Browser) -> list[str]:
    browser.send("post", RECOVERY)
    return list(browser.get(RECOVERY).json()["data"]["unused_codes"])


def second_step(browser: Browser, code: str) -> int:
    return int(browser.send("post", SECOND, {"code": code}).status_code)


def password_only(host: str = ALPHA, email: str = OWNER) -> Browser:
    """A browser after the first of two steps."""
    browser = Browser(host)
    answer = browser.sign_in(email)
    assert answer.status_code == 401
    flows = [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert flows == ["mfa_authenticate"]
    assert not browser.is_signed_in()
    return browser


def later(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """The server's clock, and the app's, some steps of 30 seconds on."""
    monkeypatch.setattr("time.time", totp.clock(steps))


def test_a_code_of_the_app_is_the_second_step(world: World, monkeypatch: Any) -> None:
    secret = with_app(Browser(ALPHA))
    later(monkeypatch, 1)
    browser = password_only()
    assert second_step(browser, totp.code(secret)) == 200
    assert browser.is_signed_in()


def test_a_code_works_once(world: World, monkeypatch: Any) -> None:
    secret = with_app(Browser(ALPHA))
    later(monkeypatch, 1)
    code = totp.code(secret)
    assert second_step(password_only(), code) == 200
    again = password_only()
    assert second_step(again, code) == 400
    assert not again.is_signed_in()


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(world: World, monkeypatch: Any, steps: int) -> None:
    secret = with_app(Browser(ALPHA))
    later(monkeypatch, 4)
    assert second_step(password_only(), totp.code(secret, steps)) == 400


def test_a_recovery_code_works_once(world: World) -> None:
    browser = Browser(ALPHA)
    with_app(browser)
    codes = recovery_codes(browser)
    assert len(codes) >= 8
    assert second_step(password_only(), codes[0]) == 200
    assert second_step(password_only(), codes[0]) == 400
    assert second_step(password_only(), codes[1]) == 200


def test_secrets_and_recovery_codes_are_sealed_at_rest(world: World) -> None:
    browser = Browser(ALPHA)
    secret, codes = with_app(browser), recovery_codes(browser)
    with tenant_context(world.alpha):
        stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "k1:" in stored
    for text in (secret, *codes):
        assert text not in stored


def test_wrong_codes_count_into_the_lock_out(world: World, settings: Any, monkeypatch: Any) -> None:
    secret = with_app(Browser(ALPHA))
    later(monkeypatch, 1)
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=4)
    browser = password_only()
    statuses = [second_step(browser, "000000") for _ in range(6)]
    assert 429 in statuses
    assert second_step(browser, totp.code(secret)) == 429
    assert Browser(ALPHA).sign_in(OWNER).status_code == 429
    assert "signin.locked" in [name for name, _ in told(world.alpha)]


def test_the_other_tenants_factor_is_none_here(world: World, monkeypatch: Any) -> None:
    """Both people have the same id; their secrets and sign-ins in progress stay apart."""
    secret = with_app(Browser(ALPHA))
    stranger = Browser(BETA)
    assert stranger.sign_in("stranger@beta.test").status_code == 200
    assert stranger.is_signed_in()
    others = with_app(Browser(BETA), "stranger@beta.test")
    later(monkeypatch, 1)
    assert second_step(password_only(), totp.code(others)) == 400
    half = password_only()
    thief = Browser(BETA)
    thief.config()
    thief.cookies["wc_session"] = half.cookies["wc_session"].value
    assert second_step(thief, totp.code(secret)) in (400, 401, 409)
    assert not thief.is_signed_in()
