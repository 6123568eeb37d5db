"""Apps sign in with the same password and get tokens, which are worth something at home only."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from tests.access.signin.people import JSON, NEW_PASSWORD, PREFIX, Browser
from tests.conftest import PASSWORD, Person, World
from wificore.access import services
from wificore.access.models import User
from wificore.access.signin.conf import jwt_key
from wificore.access.signin.services import sign_ins_revoke
from wificore.kernel.db.context import tenant_context
from wificore.kernel.env import EnvError

ALPHA, BETA, PLATFORM = "alpha.localhost", "beta.localhost", "platform.localhost"
ME = "/api/v1/me/"


class App:
    """A program of one person: keeps the tokens that it was given, and no cookie."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.session = self.access = self.refresh = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        client = Client(headers={"host": self.host}, raise_request_exception=False)
        path = path if path.startswith("/") else f"/_allauth/app/v1/{path}"
        answer = getattr(client, method)(path, body or {}, JSON, headers=headers)
        assert not client.cookies, "an app is never given a cookie"
        return answer

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        answer = self.send("post", "auth/login", {"email": email, "password": password})
        if answer.status_code == 200:
            meta = answer.json()["meta"]
            self.session, self.access = meta["session_token"], meta["access_token"]
            self.refresh = meta["refresh_token"]
        return answer

    def me(self, host: str = "", token: str = "") -> int:
        other = App(host or self.host)
        bearer = f"Bearer {token or self.access}"
        return int(other.send("get", ME, authorization=bearer).status_code)

    def refreshed(self, token: str = "", host: str = "") -> Any:
        body = {"refresh_token": token or self.refresh}
        return App(host or self.host).send("post", "tokens/refresh", body)


@pytest.fixture
def app(amina: User) -> App:
    found = App(ALPHA)
    assert found.sign_in(amina.email).status_code == 200
    return found


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def test_an_access_token_opens_the_api_also_for_writes(app: App, amina: User) -> None:
    answer = app.send("get", ME, authorization=f"Bearer {app.access}")
    assert answer.json()["email"] == amina.email
    body = {"name": "made by an app"}
    made = app.send("post", "/api/v1/auth/tokens/", body, authorization=f"Bearer {app.access}")
    assert made.status_code == 201, made.content


def test_it_is_short_lived_and_says_whose_it_is(app: App, amina: User) -> None:
    found = claims(app.access)
    assert (found["sub"], found["schema"]) == (str(amina.pk), "ts_alpha")
    assert found["exp"] - found["iat"] == 300
    assert app.session not in app.access


def test_alphas_tokens_are_nobodys_at_beta_and_at_the_platform(
    app: App, twins: dict[str, User]
) -> None:
    """The user ids are the same, and each has a sign-in of the same kind."""
    betas = App(BETA)
    betas.sign_in(twins["beta"].email)
    for host in (BETA, PLATFORM):
        assert app.me(host) == 401
        assert app.refreshed(host=host).status_code == 400
        for headers in (
            {"x-session-token": app.session},
            {"authorization": f"Bearer {app.access}"},
        ):
            answer = App(host).send("get", "auth/session", **headers)
            assert answer.status_code in (401, 410)
            answer = App(host).send("delete", "auth/session", **headers)
            assert answer.status_code in (401, 410)
    assert (app.me(), betas.me()) == (200, 200)


def forged(token: str, **changes: Any) -> str:
    """The token with other claims, signed with the right key: as if the library let it through."""
    key = settings.HEADLESS_JWT_PRIVATE_KEY
    return jwt.encode({**claims(token), **changes}, key, "HS256")


def test_the_schema_in_the_token_is_what_decides(app: App, twins: dict[str, User]) -> None:
    betas = App(BETA)
    betas.sign_in(twins["beta"].email)
    mixed = forged(betas.access, schema="ts_alpha")
    assert app.me(BETA, mixed) == 401, "beta's user and sign-in, with alpha's schema"
    assert app.me(ALPHA, mixed) == 401
    assert app.me(ALPHA, forged(app.access)) == 200, "the forger has the key"


@pytest.mark.parametrize(
    "change",
    [
        {"schema": None},
        {"sub": "1"},
        {"exp": 1_000_000_000},
        {"token_use": "refresh"},
        {"sid": "AAAA"},
    ],
)
def test_a_token_with_one_claim_changed_is_refused(app: App, change: dict[str, Any]) -> None:
    assert app.me(token=forged(app.access, **change)) == 401


def _unsigned(token: str) -> str:
    return jwt.encode(claims(token), "", "none")


def _with_another_key(token: str) -> str:
    return jwt.encode(claims(token), "k" * 40, "HS256")


@pytest.mark.parametrize("alter", [_unsigned, _with_another_key])
def test_a_token_that_we_did_not_sign_is_refused(app: App, alter: Callable[[str], str]) -> None:
    assert app.me(token=alter(app.access)) == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "%00", "é"])
def test_what_is_no_token_is_refused_in_our_shape(world: World, text: str) -> None:
    answer = App(ALPHA).send("get", ME, authorization=f"Bearer {text}")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] in ("authentication_failed", "not_authenticated")


def test_a_refresh_token_gives_the_next_pair_once(app: App) -> None:
    answer = app.refreshed()
    assert answer.status_code == 200, answer.content
    pair = answer.json()["data"]
    assert app.me(token=pair["access_token"]) == 200
    assert app.refreshed().status_code == 400, "used already"
    assert app.refreshed(pair["refresh_token"]).status_code == 200


def test_neither_kind_of_token_passes_for_the_other(app: App) -> None:
    assert app.me(token=app.refresh) == 401
    assert app.refreshed(app.access).status_code == 400


def _sign_out(app: App, amina: User) -> None:
    assert app.send("delete", "auth/session", **{"x-session-token": app.session})


def _sign_out_by_access_token(app: App, amina: User) -> None:
    assert app.send("delete", "auth/session", authorization=f"Bearer {app.access}")


def _revoke(app: App, amina: User) -> None:
    sign_ins_revoke(rows=list(UserSession.objects.filter(user_id=amina.pk)))


def _new_password(app: App, amina: User) -> None:
    services.user_password_set(user=amina, password=NEW_PASSWORD)


def _deactivate(app: App, amina: User) -> None:
    amina.is_active = False
    services.user_save(user=amina)


@pytest.mark.parametrize(
    "end", [_sign_out, _sign_out_by_access_token, _revoke, _new_password, _deactivate]
)
def test_what_ends_the_sign_in_ends_its_tokens_at_once(
    world: World, app: App, amina: User, end: Callable[[App, User], None]
) -> None:
    assert app.me() == 200
    with tenant_context(world.alpha):
        end(app, amina)
    assert app.me() == 401
    assert app.refreshed().status_code == 400


def test_a_suspended_tenants_tokens_are_refused(world: World, app: App) -> None:
    from tenants.services import tenant_resume, tenant_suspend

    tenant_suspend(tenant=world.alpha)
    assert app.me() == 403
    tenant_resume(tenant=world.alpha)
    assert app.me() == 200


def test_a_browsers_cookie_opens_no_door_of_the_apps(amina: User) -> None:
    """Those doors ask for no CSRF token."""
    browser = Browser(ALPHA)
    browser.sign_in(amina.email)
    answer = browser.get("/_allauth/app/v1/auth/session")
    assert answer.status_code == 401


def test_operators_apps_work_on_the_platforms_host_only(operator: Person) -> None:
    app = App(PLATFORM)
    app.sign_in(operator.email)
    assert app.me() == 200
    assert app.me(ALPHA) == 401


def test_a_browser_is_given_no_token(owner: Person) -> None:
    browser = Browser(owner.host)
    answer = browser.sign_in(owner.email)
    assert "access_token" not in str(answer.json())
    assert "session_token" not in str(answer.json())
    assert PREFIX in answer.request["PATH_INFO"]


def test_the_key_is_one_of_its_own_or_made_from_the_secret_key() -> None:
    assert jwt_key("k" * 32, "s") == "k" * 32
    assert jwt_key(None, "s") == jwt_key(None, "s") != jwt_key(None, "t")
    with pytest.raises(EnvError, match="JWT_SIGNING_KEY"):
        jwt_key("short", "s")


def test_tokens_do_not_outlive_their_time(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    past = {"iat": int(time.time()) - 600, "exp": int(time.time()) - 1}
    assert app.me(token=forged(app.access, **past)) == 401
