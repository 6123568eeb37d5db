"""Sign-in providers over HTTP and in the admin: who may, what is refused, what is never told."""

from typing import Any

import pytest

from tests.access.sso.conftest import Connect, Trust
from tests.access.sso.openid import OpenIdProvider
from tests.access.sso.slapd import Directory, Entry
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from wificore.access.models import SignInProvider
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/access/providers/"
JSON = "application/json"
SECRET = "hush-client-secret"
OIDC = {"issuer": "https://sign-in.example.com", "client_id": "wificore"}
LDAP = {"server": "ldaps://ldap.example.com", "user_base": "ou=people,dc=example"}


def make(person: Person, **changes: Any) -> Any:
    body = {"kind": "oidc", "slug": "sso", "name": "Company", "config": OIDC, "secret": SECRET}
    return person.client().post(URL, {**body, **changes}, JSON)


def test_an_owner_makes_changes_and_removes_one(owner: Person, world: World) -> None:
    made = make(owner, role_map=[{"group": "till", "role": "cashier"}])
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["callback_url"] == "http://alpha.localhost/_allauth/oidc/sso/callback/"
    url = f"{URL}{row['id']}/"
    changed = owner.client().patch(url, {"name": "Other", "active": False}, JSON)
    assert (changed.json()["name"], changed.json()["active"]) == ("Other", False)
    with tenant_context(world.alpha):
        assert SignInProvider.objects.get().has_secret
    assert owner.client().delete(url).status_code == 204
    assert owner.client().get(url).status_code == 404


def test_the_secret_is_stored_sealed_and_told_nowhere(owner: Person, world: World) -> None:
    made = make(owner)
    url = f"{URL}{made.json()['id']}/"
    told = [made, owner.client().get(url), owner.client().get(URL)]
    told.append(owner.client().patch(url, {"secret": SECRET + "2"}, JSON))
    for answer in told:
        assert SECRET not in answer.content.decode()
    assert told[1].json()["has_secret"] is True
    with tenant_context(world.alpha):
        assert SECRET not in SignInProvider.objects.get().secret_encrypted
    admin = sign_in(owner.host, owner.email)
    page = admin.get(f"/admin/access/signinprovider/{made.json()['id']}/change/")
    assert page.status_code == 200
    assert SECRET not in page.content.decode()


def test_a_clerk_and_the_stranger_see_none(owner: Person, clerk: Person, stranger: Person) -> None:
    url = f"{URL}{make(owner).json()['id']}/"
    assert clerk.client().get(URL).status_code == 403
    assert make(clerk).status_code == 403
    assert stranger.client().get(URL).json()["results"] == []
    for method in ("get", "patch", "delete"):
        assert getattr(stranger.client(), method)(url).status_code == 404
    assert stranger.client().post(f"{url}test/").status_code == 404


def test_two_tenants_may_use_one_slug_and_one_may_not(owner: Person, stranger: Person) -> None:
    assert make(owner).status_code == 201
    assert make(stranger).status_code == 201
    again = make(owner)
    assert again.status_code == 409
    assert "slug" in again.json()["error"]["fields"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "saml"}, "kind"),
    ({"slug": "a/b"}, "slug"),
    ({"config": {}}, "config.issuer"),
    ({"config": [1]}, "config"),
    ({"config": {**OIDC, "other": 1}}, "config.other"),
    ({"config": {**OIDC, "issuer": "file:///etc/passwd"}}, "config.issuer"),
    ({"config": {**OIDC, "issuer": "https://a:b@example.com"}}, "config.issuer"),
    ({"config": {**OIDC, "issuer": "https://example.com?x"}}, "config.issuer"),
    ({"config": {**OIDC, "issuer": 5}}, "config.issuer"),
    ({"config": {**OIDC, "scope": "email"}}, "config.scope"),
    ({"config": {**OIDC, "trust_addresses": "yes"}}, "config.trust_addresses"),
    ({"kind": "ldap", "config": LDAP}, "secret"),
    ({"kind": "ldap", "config": {**LDAP, "bind_dn": "cn=x"}, "secret": ""}, "secret"),
    ({"kind": "ldap", "config": {**LDAP, "server": "ldapi:///"}}, "config.server"),
    ({"kind": "ldap", "config": {**LDAP, "server": "ldaps://x/o=y?z"}}, "config.server"),
    ({"kind": "ldap", "config": {**LDAP, "start_tls": True}}, "config.start_tls"),
    ({"kind": "ldap", "config": {**LDAP, "user_filter": "(uid=x)"}}, "config.user_filter"),
    ({"kind": "ldap", "config": {**LDAP, "user_filter": "(uid={user}"}}, "config.user_filter"),
    ({"kind": "ldap", "config": {**LDAP, "subject_attribute": "a b"}}, "config.subject_attribute"),
    ({"kind": "ldap", "config": {**LDAP, "group_type": "club"}}, "config.group_type"),
    ({"kind": "ldap", "config": {**LDAP, "ca_certificates": "x"}}, "config.ca_certificates"),
    ({"kind": "ldap", "config": {**LDAP, "user_base": "a\0b"}}, "config.user_base"),
    ({"role_map": [{"group": "x", "role": "operator"}]}, "role_map"),
    ({"role_map": [{"group": " ", "role": "cashier"}]}, "role_map"),
    ({"role_map": {"x": "cashier"}}, "role_map"),
    ({"default_role": "owner"}, "default_role"),
    ({"default_role": "nobody"}, "default_role"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_what_cannot_be_is_refused_and_names_its_field(
    owner: Person, changes: dict[str, Any], field: str
) -> None:
    answer = make(owner, **changes)
    assert answer.status_code == 400, answer.content
    assert any(name.startswith(field) for name in answer.json()["error"]["fields"])


def test_a_provider_keeps_its_kind(owner: Person) -> None:
    url = f"{URL}{make(owner).json()['id']}/"
    assert owner.client().patch(url, {"kind": "ldap"}, JSON).status_code == 400


@pytest.mark.parametrize("id_", ["x", "0", "99999999999999999999", "%00"])
def test_what_is_no_id_is_404(owner: Person, id_: str) -> None:
    assert owner.client().get(f"{URL}{id_}/").status_code == 404


def outcome(person: Person, row: SignInProvider) -> tuple[bool, str]:
    answer = person.client().post(f"{URL}{row.pk}/test/")
    assert answer.status_code == 200, answer.content
    return answer.json()["ok"], answer.json()["message"]


def test_a_directory_is_tried(
    world: World, owner: Person, alphas: Directory, tls: Any, trust: Trust
) -> None:
    alphas.fill([Entry("amina", "x", "a@alpha.test", ["till"])])
    good = trust(
        world.alpha,
        alphas,
        config={"server": alphas.tls_url, "ca_certificates": tls.authority},
    )
    assert outcome(owner, good) == (
        True,
        "Connected and signed in as the search account; 1 groups are visible.",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"server": "ldap://127.0.0.1:9"}, "Connection refused"),
        ({"server": "ldaps://no-such-host.invalid"}, "has no address"),
        ({"user_base": "ou=nowhere,dc=alpha"}, "No such object"),
        ({"user_filter": "(&(uid={user})(=x))"}, "Bad search filter"),
        ({"bind_dn": "cn=nobody,dc=alpha"}, "Invalid credentials"),
    ],
)
def test_what_is_wrong_with_a_directory_is_told(
    world: World,
    owner: Person,
    alphas: Directory,
    trust: Trust,
    changes: dict[str, str],
    reason: str,
) -> None:
    alphas.fill([])
    ok, message = outcome(owner, trust(world.alpha, alphas, config=changes))
    assert not ok
    assert reason in message
    assert alphas.reader_password not in message


def test_a_certificate_that_is_not_trusted_is_told(
    world: World, owner: Person, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([])
    ok, message = outcome(owner, trust(world.alpha, alphas, config={"server": alphas.tls_url}))
    assert not ok
    assert "certificate is not trusted" in message


def test_an_openid_provider_is_tried(
    world: World, owner: Person, provider: OpenIdProvider, connect: Connect
) -> None:
    row = connect(world.alpha)
    assert outcome(owner, row) == (True, "The provider answers, with 1 keys.")
    provider.discovery = {"issuer": "https://evil.example"}
    assert outcome(owner, row) == (
        False,
        f"{provider.issuer}: The discovery document is another issuer's.",
    )


def test_without_the_library_a_directory_says_what_is_missing(
    world: World, owner: Person, alphas: Directory, trust: Trust, settings: Any
) -> None:
    row = trust(world.alpha, alphas)
    settings.LDAP_INSTALLED = False
    assert "python-ldap" in outcome(owner, row)[1]


def test_the_admin_makes_changes_tries_and_removes_one(
    world: World, owner: Person, provider: OpenIdProvider
) -> None:
    admin = sign_in(owner.host, owner.email)
    form = {
        "kind": "oidc", "name": "Company", "slug": "sso", "secret": SECRET, "role_map": "[]",
        "config": '{"client_id": "wificore"}', "active": "on",
    }  # fmt: skip
    page = "/admin/access/signinprovider/"
    refused = admin.post(f"{page}add/", form, follow=True)
    assert b"config.issuer: This is required." in refused.content
    form["config"] = f'{{"issuer": "{provider.issuer}", "client_id": "wificore"}}'
    assert admin.post(f"{page}add/", form).status_code == 302
    with tenant_context(world.alpha):
        row = SignInProvider.objects.get()
    admin.post(f"{page}{row.pk}/change/", {**form, "secret": "", "name": "Other"})
    with tenant_context(world.alpha):
        changed = SignInProvider.objects.get()
        assert (changed.name, changed.secret_encrypted) == ("Other", row.secret_encrypted)
    tried = admin.post(page, {"action": "test", "_selected_action": [row.pk]}, follow=True)
    assert b"The provider answers" in tried.content
    admin.post(f"{page}{row.pk}/delete/", {"post": "yes"})
    with tenant_context(world.alpha):
        assert not SignInProvider.objects.exists()
