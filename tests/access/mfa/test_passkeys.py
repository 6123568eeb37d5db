"""Passkeys in the distribution's Chromium with a virtual authenticator, on a real web server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.mfa import chromium
from tests.access.mfa.chromium import Browser, Page
from tests.access.signin.people import Browser as Client
from tests.conftest import PASSWORD, World
from tests.web import running_web
from wificore.kernel.db.context import tenant_context

OWNER, STRANGER = "owner@alpha.test", "stranger@beta.test"
# In every page: requests to allauth with the page's cookies, and the two sides of WebAuthn.
TOOLS = """
window.send = async (method, path, body) => {
  await fetch("/_allauth/browser/v1/config");
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const answer = await fetch("/_allauth/browser/v1/" + path, {
    method, headers: {"Content-Type": "application/json", "X-CSRFToken": token},
    body: body && JSON.stringify(body),
  });
  return {status: answer.status, ...(await answer.json().catch(() => ({})))};
};
window.signIn = (email, password) => send("POST", "auth/login", {email, password});
window.make = async (options) => (await navigator.credentials.create({
  publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey)})).toJSON();
window.use = async (options) => (await navigator.credentials.get({
  publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey)})).toJSON();
window.me = async () => (await fetch("/api/v1/me/")).json();
"""
REGISTER = """
const signed = await signIn(email, password);
const again = await send("POST", "auth/reauthenticate", {password});
const path = "account/authenticators/webauthn";
const offered = await send("GET", path + (passwordless ? "?passwordless" : ""));
if (offered.status !== 200) return {status: offered.status, signed, again, offered};
const credential = await make(offered.data.creation_options);
return await send("POST", path, {name: "phone", credential});
"""
SIGN_IN = """
const offered = await send("GET", "auth/webauthn/login");
const credential = await use(offered.data.request_options);
return [credential, await send("POST", "auth/webauthn/login", {credential})];
"""
SIGN_OUT = 'return (await send("DELETE", "auth/session")).status'


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium.running(tmp_path_factory.mktemp("chromium")) as process:
        yield process


@pytest.fixture(scope="module")
def port(django_db_setup: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_web(tmp_path_factory.mktemp("web") / "web.log") as number:
        yield number


class Window:
    """A page of one tenant's host with the tools and an authenticator."""

    def __init__(self, browser: Browser, port: int, slug: str, **options: Any) -> None:
        self.page: Page = browser.page(f"http://{slug}.localhost:{port}/api/health")
        self.page.run(TOOLS)
        self.authenticator = self.page.add_authenticator(**options)

    def register(self, email: str, *, passwordless: bool = True) -> Any:
        made = self.page.run(REGISTER, email=email, password=PASSWORD, passwordless=passwordless)
        assert made["status"] == 200, made
        return made

    def sign_out(self) -> None:
        assert self.page.run(SIGN_OUT) == 401

    def who(self) -> str:
        return str(self.page.run("return await me()").get("email"))


@pytest.fixture
def alpha_window(world: World, browser: Browser, port: int) -> Window:
    return Window(browser, port, "alpha")


def test_a_passkey_signs_in_without_a_password(alpha_window: Window) -> None:
    alpha_window.register(OWNER)
    alpha_window.sign_out()
    assert alpha_window.who() == "None"
    _, answer = alpha_window.page.run(SIGN_IN)
    assert answer["status"] == 200, answer
    assert alpha_window.who() == OWNER


def test_an_assertion_works_once(alpha_window: Window) -> None:
    alpha_window.register(OWNER)
    alpha_window.sign_out()
    credential, answer = alpha_window.page.run(SIGN_IN)
    assert answer["status"] == 200
    alpha_window.sign_out()
    again = alpha_window.page.run(
        'return await send("POST", "auth/webauthn/login", {credential})', credential=credential
    )
    assert again["status"] == 400
    # Not even with a new challenge: it was signed over the old one.
    again = alpha_window.page.run(
        'await send("GET", "auth/webauthn/login");'
        'return await send("POST", "auth/webauthn/login", {credential})',
        credential=credential,
    )
    assert again["status"] == 400
    assert alpha_window.who() == "None"


def test_a_passkey_is_bound_to_the_tenants_host(alpha_window: Window) -> None:
    made = alpha_window.page.run(
        'await signIn(email, password); await send("POST", "auth/reauthenticate", {password});'
        'return (await send("GET", "account/authenticators/webauthn")).data.creation_options',
        email=OWNER,
        password=PASSWORD,
    )
    assert made["publicKey"]["rp"] == {"id": "alpha.localhost", "name": "Alpha WiFi"}


def test_a_key_as_second_step(alpha_window: Window) -> None:
    alpha_window.register(OWNER, passwordless=False)
    alpha_window.sign_out()
    first = alpha_window.page.run("return signIn(email, password)", email=OWNER, password=PASSWORD)
    assert first["status"] == 401
    assert alpha_window.who() == "None"
    second = alpha_window.page.run(
        'const offered = await send("GET", "auth/webauthn/authenticate");'
        "const credential = await use(offered.data.request_options);"
        'return await send("POST", "auth/webauthn/authenticate", {credential})'
    )
    assert second["status"] == 200, second
    assert alpha_window.who() == OWNER


def test_a_person_who_is_not_verified_does_not_come_in_by_passkey(alpha_window: Window) -> None:
    alpha_window.register(OWNER)
    alpha_window.sign_out()
    alpha_window.page.call(
        "WebAuthn.setUserVerified",
        authenticatorId=alpha_window.authenticator,
        isUserVerified=False,
    )
    refused = alpha_window.page.run(
        'const offered = await send("GET", "auth/webauthn/login");'
        "try { await use(offered.data.request_options); return null }"
        "catch (error) { return error.name }"
    )
    assert refused == "NotAllowedError"
    # And where the page asks the authenticator for less, the server sees it.
    answer = alpha_window.page.run(
        'const offered = await send("GET", "auth/webauthn/login");'
        'offered.data.request_options.publicKey.userVerification = "discouraged";'
        "const credential = await use(offered.data.request_options);"
        'return await send("POST", "auth/webauthn/login", {credential})'
    )
    assert answer["status"] == 400
    assert alpha_window.who() == "None"


def test_a_passkey_of_one_tenant_opens_no_other_with_the_same_user_id(
    world: World, browser: Browser, port: int, alpha_window: Window
) -> None:
    """Alpha's key signs beta's own challenge; beta's user has the same id, and a key too."""
    betas = Window(browser, port, "beta")
    betas.register(STRANGER)
    alpha_window.register(OWNER)
    alpha_window.sign_out()
    client = Client("beta.localhost")
    challenge = client.get("/_allauth/browser/v1/auth/webauthn/login").json()
    options = challenge["data"]["request_options"]
    assert options["publicKey"]["rpId"] == "beta.localhost"
    options["publicKey"]["rpId"] = "alpha.localhost"
    credential = alpha_window.page.run("return use(options)", options=options)
    answer = client.send("post", "auth/webauthn/login", {"credential": credential})
    assert answer.status_code == 400
    assert not client.is_signed_in()


def test_the_browser_refuses_another_tenants_name(alpha_window: Window) -> None:
    refused = alpha_window.page.run(
        'const offered = await send("GET", "auth/webauthn/login");'
        'offered.data.request_options.publicKey.rpId = "beta.localhost";'
        "try { await use(offered.data.request_options); return null }"
        "catch (error) { return error.name }"
    )
    assert refused == "SecurityError"


def test_a_passkey_of_an_inactive_user_is_refused(world: World, alpha_window: Window) -> None:
    from wificore.access.models import User

    alpha_window.register(OWNER)
    alpha_window.sign_out()
    with tenant_context(world.alpha):
        User.objects.filter(email=OWNER).update(is_active=False)
    try:
        _, answer = alpha_window.page.run(SIGN_IN)
        assert answer["status"] != 200
        assert alpha_window.who() == "None"
    finally:
        with tenant_context(world.alpha):
            User.objects.filter(email=OWNER).update(is_active=True)
