"""Sign-in by OpenID Connect, against a real provider, redirect by redirect."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.access.signin.people import PREFIX, Browser, told
from tests.access.sso.conftest import Connect, role_of
from tests.access.sso.openid import Claims, OpenIdProvider, new_key
from tests.conftest import World
from wificore.access.models import ProviderIdentity, User
from wificore.kernel.db.context import tenant_context

OWNER, CLERK = "owner@alpha.test", "clerk@alpha.test"
ALPHA, BETA = "alpha.localhost", "beta.localhost"
DONE = "/signed-in"


def person(email: str = CLERK, **claims: Any) -> Claims:
    return {"email": email, "email_verified": True, "name": "Amina", **claims}


def start(browser: Browser, slug: str = "sso") -> str:
    """Where the browser is sent to the provider."""
    browser.config()
    form = {"provider": slug, "process": "login", "callback_url": DONE}
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    answer = browser.post(f"{PREFIX}/auth/provider/redirect", form, headers=token)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def at_the_provider(url: str) -> str:
    """Where the provider sends the browser back to."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(browser: Browser, url: str) -> str:
    """Where the callback sends the browser in the end."""
    parts = urlsplit(url)
    answer = browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def sign_in(browser: Browser) -> str:
    """The error the web client is told of; empty: none."""
    end = urlsplit(back(browser, at_the_provider(start(browser))))
    assert end.path == DONE
    return parse_qs(end.query).get("error", [""])[0]


@pytest.fixture
def amina(provider: OpenIdProvider) -> OpenIdProvider:
    """The provider knows Amina, with the clerk's address."""
    provider.people["amina"] = person()
    provider.who = "amina"
    return provider


def test_a_person_of_the_provider_is_the_user_with_the_same_address(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    browser = Browser(ALPHA)
    assert sign_in(browser) == ""
    assert browser.is_signed_in()
    assert browser.get("/api/v1/me/").json()["email"] == CLERK
    succeeded = [told for name, told in told(world.alpha) if name == "signin.succeeded"]
    assert [line["methods"] for line in succeeded] == [["socialaccount"]]


def test_the_web_client_is_told_which_providers_there_are(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha, name="Company")
    offered = Browser(ALPHA).config().json()["data"]["socialaccount"]["providers"]
    assert [(one["id"], one["name"], one["flows"]) for one in offered] == [
        ("sso", "Company", ["provider_redirect"])
    ]
    assert Browser(BETA).config().json()["data"]["socialaccount"]["providers"] == []
    assert "hush-client-secret" not in Browser(ALPHA).config().content.decode()


def test_the_request_has_state_nonce_pkce_and_the_tenants_own_callback(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    sent = [parse_qs(urlsplit(start(Browser(ALPHA))).query) for _ in range(2)]
    for asked in sent:
        assert asked["redirect_uri"] == [f"http://{ALPHA}/_allauth/oidc/sso/callback/"]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert sent[0][name] != sent[1][name]
        assert len(sent[0][name][0]) >= 16


SPOILT: dict[str, Claims] = {
    "another issuer": {"iss": "https://evil.example"},
    "another client": {"aud": "somebody-else"},
    "another party": {"aud": ["wificore", "other"], "azp": "other"},
    "several audiences": {"aud": ["wificore", "other"]},
    "another nonce": {"nonce": "x" * 32},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "a number as subject": {"sub": 1},
    "a subject that cannot be stored": {"sub": "a\0b"},
    "half a character as subject": {"sub": "a\ud800"},
    "an endless subject": {"sub": "x" * 300},
    "expired": {"exp": 1},
    "without an end": {"exp": None},
    "not valid yet": {"nbf": 9_999_999_999},
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    world: World, amina: OpenIdProvider, connect: Connect, change: Claims
) -> None:
    connect(world.alpha)

    def spoil(claims: Claims) -> Claims:
        return {name: value for name, value in {**claims, **change}.items() if value is not None}

    amina.spoil = spoil
    browser = Browser(ALPHA)
    assert sign_in(browser) != ""
    assert not browser.is_signed_in()


def test_a_token_signed_by_another_key_is_refused(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    amina.signer = new_key()
    browser = Browser(ALPHA)
    assert sign_in(browser) != ""
    assert not browser.is_signed_in()


def test_user_info_of_another_person_is_refused(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    amina.userinfo = lambda claims: {**claims, "sub": "brian"}
    assert sign_in(Browser(ALPHA)) != ""


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_discovery_document_of_somebody_else_is_refused(
    world: World, amina: OpenIdProvider, connect: Connect, document: Claims
) -> None:
    connect(world.alpha)
    amina.discovery = document
    assert start(Browser(ALPHA)).startswith(f"{DONE}?error=")


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": ["x"]},
        {"email": "a\0b@alpha.test"},
        {"email": "no address"},
        {"email": f"{'x' * 300}@alpha.test"},
    ],
)
def test_an_address_that_is_not_verified_links_nobody(
    world: World, amina: OpenIdProvider, connect: Connect, claims: Claims
) -> None:
    connect(world.alpha, create_users=True, default_role="cashier")
    amina.people["amina"] = person(**claims)
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"
    with tenant_context(world.alpha):
        assert not ProviderIdentity.objects.exists()


def test_a_verified_address_in_user_info_does_not_verify_another_one_in_the_token(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    amina.people["amina"] = person("amina@elsewhere.test")
    amina.spoil = lambda claims: {**claims, "email": OWNER, "email_verified": False}
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"


def test_a_known_subject_stays_the_same_user_when_the_address_changes(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    assert sign_in(Browser(ALPHA)) == ""
    amina.people["amina"] = person(OWNER)
    browser = Browser(ALPHA)
    assert sign_in(browser) == ""
    assert browser.get("/api/v1/me/").json()["email"] == CLERK


def test_another_subject_with_the_same_address_is_not_that_user(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    assert sign_in(Browser(ALPHA)) == ""
    amina.people["brian"], amina.who = person(), "brian"
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"


def test_unknown_people_are_made_users_where_the_tenant_wants_them(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    amina.people["amina"] = person("New@alpha.test", groups=["till", "other"])
    connect(world.alpha)
    connect(world.beta, create_users=True, role_map=[{"group": "till", "role": "cashier"}])
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"
    assert sign_in(Browser(BETA)) == ""
    with tenant_context(world.alpha):
        assert not User.objects.filter(email="new@alpha.test").exists()
    with tenant_context(world.beta):
        made = User.objects.get(email="new@alpha.test")
        assert (role_of(made), made.name, made.has_usable_password()) == ("cashier", "Amina", False)


def test_a_lost_group_loses_its_role(world: World, amina: OpenIdProvider, connect: Connect) -> None:
    role_map = [{"group": "till", "role": "cashier"}]
    connect(world.alpha, create_users=True, role_map=role_map, config={"groups_claim": "teams"})
    roles = []
    for teams in (["till"], [], "till", ["till"]):
        amina.people["amina"] = person("new@alpha.test", teams=teams)
        assert sign_in(Browser(ALPHA)) == ""
        with tenant_context(world.alpha):
            roles.append(role_of(User.objects.get(email="new@alpha.test")))
    assert roles == ["cashier", "", "", "cashier"]


def test_an_inactive_user_stays_out(world: World, amina: OpenIdProvider, connect: Connect) -> None:
    connect(world.alpha)
    assert sign_in(Browser(ALPHA)) == ""
    with tenant_context(world.alpha):
        User.objects.filter(email=CLERK).update(is_active=False)
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"


def test_the_same_subject_in_two_tenants_is_two_users(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    for tenant in (world.alpha, world.beta):
        connect(tenant, create_users=True, default_role="cashier")
    amina.people["amina"] = person("both@company.test")
    for host in (ALPHA, BETA):
        browser = Browser(host)
        assert sign_in(browser) == ""
        assert browser.is_signed_in()
    with tenant_context(world.alpha):
        User.objects.filter(email="both@company.test").update(is_active=False)
    assert sign_in(Browser(ALPHA)) == "sign_in_refused"
    assert sign_in(Browser(BETA)) == ""


def test_what_one_tenant_began_another_does_not_finish(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    """Same slug, same provider, same person; also with the browser's cookie of the first."""
    for tenant in (world.alpha, world.beta):
        connect(tenant, create_users=True, default_role="cashier")
    ours = Browser(ALPHA)
    url = at_the_provider(start(ours))
    other = Browser(BETA)
    start(other)
    thief = Browser(BETA)
    thief.cookies["wc_session"] = ours.cookies["wc_session"].value
    for browser in (other, thief, Browser(BETA)):
        assert "error=" in back(browser, url)
        assert not browser.is_signed_in()
    assert "error=" not in back(ours, url)


def test_a_state_works_once_and_in_its_own_browser_only(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    browser = Browser(ALPHA)
    url = at_the_provider(start(browser))
    assert "error=" in back(Browser(ALPHA), url)
    assert "error=" not in back(browser, url)
    again = Browser(ALPHA)
    again.cookies["wc_session"] = browser.cookies["wc_session"].value
    assert "error=" in back(again, url)


def test_a_code_of_another_sign_in_is_refused(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    """PKCE: the provider compares the verifier, which only the first browser's session has."""
    connect(world.alpha)
    victim, thief = Browser(ALPHA), Browser(ALPHA)
    stolen = parse_qs(urlsplit(at_the_provider(start(victim))).query)["code"][0]
    own = parse_qs(urlsplit(start(thief)).query)["state"][0]
    assert "error=" in back(thief, f"/_allauth/oidc/sso/callback/?code={stolen}&state={own}")
    assert not thief.is_signed_in()


def test_an_unknown_or_inactive_provider_is_404(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha, active=False)
    for slug in ("sso", "none"):
        path = f"/_allauth/oidc/{slug}/callback/?code=x&state=y"
        assert Browser(ALPHA).get(path).status_code == 404
        assert Browser("platform.localhost").get(path).status_code == 404


def test_a_person_who_declines_is_told_so(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    browser = Browser(ALPHA)
    state = parse_qs(urlsplit(start(browser)).query)["state"][0]
    end = back(browser, f"/_allauth/oidc/sso/callback/?error=access_denied&state={state}")
    assert end.startswith(f"{DONE}?error=cancelled")


def test_a_signed_in_user_cannot_tie_anothers_account_to_the_own(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    browser = Browser(ALPHA)
    browser.sign_in(OWNER)
    form = {"provider": "sso", "process": "connect", "callback_url": DONE}
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    answer = browser.post(f"{PREFIX}/auth/provider/redirect", form, headers=token)
    assert "error=" in back(browser, at_the_provider(answer["Location"]))
    with tenant_context(world.alpha):
        assert not ProviderIdentity.objects.exists()


def test_a_token_sent_by_a_program_is_no_way_in(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    body = {
        "provider": "sso",
        "process": "login",
        "token": {"client_id": "wificore", "id_token": "x", "access_token": "x"},
    }
    for kind in ("browser", "app"):
        path = f"/_allauth/{kind}/v1/auth/provider/token"
        assert Browser(ALPHA).send("post", path, body).status_code == 400


@pytest.mark.parametrize(
    "issuer", ["http://169.254.169.254", "https://10.1.2.3", "https://localhost", "http://[::1]:1"]
)
def test_no_address_of_a_private_network_is_asked(
    world: World, amina: OpenIdProvider, connect: Connect, settings: Any, issuer: str
) -> None:
    settings.SSO_PRIVATE_NETWORKS = []
    connect(world.alpha, config={"issuer": issuer})
    assert start(Browser(ALPHA)).startswith(f"{DONE}?error=")


def test_a_provider_that_is_away_is_an_error_for_the_web_client(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha, config={"issuer": "http://127.0.0.1:9"})
    assert start(Browser(ALPHA)).startswith(f"{DONE}?error=")


def test_a_provider_that_sends_elsewhere_is_not_followed(
    world: World, amina: OpenIdProvider, connect: Connect
) -> None:
    connect(world.alpha)
    amina.discovery = {"token_endpoint": f"{amina.issuer}/moved"}
    assert sign_in(Browser(ALPHA)) != ""
