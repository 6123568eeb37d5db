"""One address makes no more than so many tries a minute at one tenant."""

import pytest
from django.conf import settings
from django.test import RequestFactory
from django_redis import get_redis_connection

from tests.access.signin.people import JSON, WRONG, Browser
from tests.conftest import PASSWORD, Person, World
from wificore.access.signin.conf import SignInConf
from wificore.kernel import throttle
from wificore.kernel.db.context import tenant_context
from wificore.kernel.env import EnvError

APP_LOGIN = "/_allauth/app/v1/auth/login"


@pytest.fixture
def _few(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five a minute; the minute does not end."""
    monkeypatch.setattr(
        "django.conf.settings.SIGN_IN", SignInConf(tries=5, per_minute=5, locked_s=900)
    )
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000.0)


@pytest.mark.usefixtures("_few")
def test_one_tenants_flood_is_not_the_others(owner: Person, stranger: Person) -> None:
    answers = [
        Browser(owner.host).sign_in(f"nobody{number}@alpha.test", WRONG).status_code
        for number in range(7)
    ]
    assert answers == [400] * 5 + [429] * 2
    assert Browser(owner.host).sign_in(owner.email, PASSWORD).status_code == 429
    assert Browser(stranger.host).sign_in(stranger.email, PASSWORD).status_code == 200


@pytest.mark.usefixtures("_few")
def test_behind_a_trusted_proxy_each_client_is_counted_by_itself(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wificore.kernel.addresses import parse_networks

    monkeypatch.setattr("django.conf.settings.TRUSTED_PROXIES", parse_networks(["127.0.0.1"]))
    body = {"email": "nobody@alpha.test", "password": WRONG}
    for number in range(6):
        flooding = Browser(owner.host, **{"x-forwarded-for": "198.51.100.7"})
        body["email"] = f"nobody{number}@alpha.test"
        answer = flooding.post(APP_LOGIN, body, JSON)
    assert answer.status_code == 429
    other = Browser(owner.host, **{"x-forwarded-for": "198.51.100.8"})
    assert other.sign_in(owner.email).status_code == 200


@pytest.mark.usefixtures("_few")
def test_without_redis_everybody_may_sign_in(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = [get_redis_connection(alias).connection_pool for alias in ("default", "sessions")]
    for pool in pools:
        monkeypatch.setitem(pool.connection_kwargs, "port", 1)
        pool.reset()
    try:
        for _ in range(7):
            browser = Browser(owner.host)
            assert browser.sign_in(owner.email).status_code == 200
            assert browser.is_signed_in()
    finally:
        monkeypatch.undo()
        for pool in pools:
            pool.reset()


def test_an_ipv6_customer_is_one_address(world: World) -> None:
    factory = RequestFactory()
    with tenant_context(world.alpha):
        sources = {
            throttle.source_of(factory.get("/", REMOTE_ADDR=text))
            for text in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")
        }
    assert sources == {"2001:db8:1:2::"}


def test_the_address_limit_may_not_hide_the_lock_out() -> None:
    with pytest.raises(EnvError, match="SIGN_INS_PER_MINUTE"):
        SignInConf(tries=20, per_minute=10, locked_s=900)
    assert settings.SIGN_IN.per_minute >= 60
