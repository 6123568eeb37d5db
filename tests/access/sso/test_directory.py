"""Sign-in by LDAP, against OpenLDAP's own server."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import authenticate, user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from tests.access.mfa import totp
from tests.access.signin.people import PREFIX, Browser
from tests.access.sso.conftest import Trust, role_of
from tests.access.sso.slapd import Directory, Entry
from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import PASSWORD, World
from wificore.access.models import ProviderIdentity, User
from wificore.access.sso.directory.backend import DirectoryBackend
from wificore.kernel.db.context import tenant_context

OWNER, CLERK = "owner@alpha.test", "clerk@alpha.test"
OURS = "directory-password"


def clerk(**changes: Any) -> Entry:
    return Entry(**{"uid": "amina", "password": OURS, "mail": CLERK, **changes})


def enters(tenant: Any, name: str, password: str = OURS) -> User | None:
    """Who comes in with this name and password."""
    with tenant_context(tenant):
        found = authenticate(HttpRequest(), username=name, password=password)
        assert found is None or isinstance(found, User)
        return found


def role_here(tenant: Any, email: str) -> str:
    with tenant_context(tenant):
        return role_of(User.objects.get(email=email))


@pytest.mark.parametrize("name", ["amina", CLERK, "AMINA", " amina "])
def test_a_person_of_the_directory_is_the_user_with_the_same_address(
    world: World, alphas: Directory, trust: Trust, name: str
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    user = enters(world.alpha, name)
    assert user is not None
    assert user.email == CLERK


def test_the_session_lasts(world: World, alphas: Directory, trust: Trust) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    client = sign_in("alpha.localhost", "amina", OURS)
    assert signed_in(client)
    assert signed_in(client)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("amina", "wrong"),
        ("amina", ""),
        ("amina", " "),
        ("nobody", OURS),
        ("*", OURS),
        ("am*", OURS),
        ("amina)(uid=*", OURS),
        ("*)(&", OURS),
        ("amina", OURS + "\0"),
        ("a" * 300, OURS),
        ("amina", "x" * 2000),
        ("%(user)s", OURS),
        ("\\2a", OURS),
        ("uid=amina,ou=people,dc=alpha", OURS),
        ("reader", "the-reader's-own"),
    ],
)
def test_nobody_else_comes_in(
    world: World, alphas: Directory, trust: Trust, name: str, password: str
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas, create_users=True, default_role="cashier")
    assert enters(world.alpha, name, password) is None


def test_two_people_with_one_address_are_nobody(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(), clerk(uid="brian")])
    trust(world.alpha, alphas)
    assert enters(world.alpha, CLERK) is None


def test_each_tenant_asks_its_own_directory_only(
    world: World, alphas: Directory, betas: Directory, trust: Trust
) -> None:
    """The same name in two directories, alternating: a kept connection would mix them."""
    alphas.fill([clerk(password="alphas-own")])
    betas.fill([clerk(password="betas-own", mail="stranger@beta.test")])
    trust(world.alpha, alphas)
    trust(world.beta, betas)
    for _ in range(3):
        in_alpha = enters(world.alpha, "amina", "alphas-own")
        assert in_alpha is not None
        assert in_alpha.email == CLERK
        assert enters(world.alpha, "amina", "betas-own") is None
        in_beta = enters(world.beta, "amina", "betas-own")
        assert in_beta is not None
        assert in_beta.email == "stranger@beta.test"
        assert enters(world.beta, "amina", "alphas-own") is None


def test_a_tenant_without_a_directory_asks_none(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="stranger@beta.test")])
    trust(world.alpha, alphas)
    assert enters(world.beta, "amina") is None


def test_an_inactive_provider_is_not_asked(world: World, alphas: Directory, trust: Trust) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas, active=False)
    assert enters(world.alpha, "amina") is None


def test_an_inactive_user_stays_out(world: World, alphas: Directory, trust: Trust) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    assert enters(world.alpha, "amina") is not None
    with tenant_context(world.alpha):
        User.objects.filter(email=CLERK).update(is_active=False)
    assert enters(world.alpha, "amina") is None


def test_unknown_people_stay_unknown_unless_the_tenant_wants_them(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="new@alpha.test", name="Amina")])
    trust(world.alpha, alphas)
    assert enters(world.alpha, "amina") is None
    with tenant_context(world.alpha):
        assert not User.objects.filter(email="new@alpha.test").exists()
        assert not ProviderIdentity.objects.exists()


def test_a_new_person_gets_the_default_role_and_no_password(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="New@Alpha.test", name="Amina")])
    trust(world.alpha, alphas, create_users=True, default_role="cashier")
    user = enters(world.alpha, "amina")
    assert user is not None
    assert (user.email, user.name, role_here(world.alpha, user.email)) == (
        "new@alpha.test",
        "Amina",
        "cashier",
    )
    assert not user.has_usable_password()


def test_a_new_person_without_any_role_is_not_made(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="new@alpha.test", groups=["other"])])
    trust(world.alpha, alphas, create_users=True, role_map=[{"group": "till", "role": "cashier"}])
    assert enters(world.alpha, "amina") is None


@pytest.mark.parametrize("group", ["Till", "cn=till,ou=groups,dc=alpha"])
def test_roles_follow_the_groups_at_each_sign_in(
    world: World, alphas: Directory, trust: Trust, group: str
) -> None:
    trust(world.alpha, alphas, create_users=True, role_map=[{"group": group, "role": "cashier"}])
    roles = []
    for groups in (["till"], ["till", "other"], ["other"], ["till"]):
        alphas.fill([clerk(mail="new@alpha.test", groups=groups)])
        assert enters(world.alpha, "amina") is not None or "till" not in groups
        roles.append(role_here(world.alpha, "new@alpha.test"))
    assert roles == ["cashier", "cashier", "", "cashier"]


@pytest.mark.parametrize(
    ("unit", "kind"), [("unique", "groupOfUniqueNames"), ("posix", "posixGroup")]
)
def test_other_ways_to_write_a_group(
    world: World, alphas: Directory, trust: Trust, unit: str, kind: str
) -> None:
    config = {"group_base": f"ou={unit},dc=alpha", "group_type": kind}
    role_map = [{"group": "till", "role": "cashier"}]
    trust(world.alpha, alphas, create_users=True, role_map=role_map, config=config)
    alphas.fill(
        [clerk(mail="new@alpha.test", groups=["till"]), clerk(uid="brian", mail="b@a.test")]
    )
    assert enters(world.alpha, "amina") is not None
    assert enters(world.alpha, "brian") is None
    assert role_here(world.alpha, "new@alpha.test") == "cashier"


def test_a_role_given_by_hand_is_not_taken_by_a_lost_group(
    world: World, alphas: Directory, trust: Trust
) -> None:
    trust(world.alpha, alphas, role_map=[{"group": "till", "role": "cashier"}])
    for groups in (["till"], []):
        alphas.fill([clerk(groups=groups)])
        assert enters(world.alpha, "amina") is not None
        assert role_here(world.alpha, CLERK) == "cashier"


def test_the_last_active_owner_stays_owner_when_the_group_is_lost(
    world: World, alphas: Directory, trust: Trust
) -> None:
    trust(
        world.alpha,
        alphas,
        create_users=True,
        role_map=[{"group": "bosses", "role": "owner"}],
        default_role="cashier",
    )
    alphas.fill([clerk(mail="boss@alpha.test", groups=["bosses"])])
    assert enters(world.alpha, "amina") is not None
    with tenant_context(world.alpha):
        User.objects.filter(email=OWNER).update(is_active=False)
    alphas.fill([clerk(mail="boss@alpha.test")])
    assert enters(world.alpha, "amina") is not None
    assert role_here(world.alpha, "boss@alpha.test") == "owner"
    with tenant_context(world.alpha):
        User.objects.filter(email=OWNER).update(is_active=True)
    enters(world.alpha, "amina")
    assert role_here(world.alpha, "boss@alpha.test") == ""


def test_who_takes_over_anothers_address_does_not_become_that_person(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    assert enters(world.alpha, "amina") is not None
    # Another entry, so another entryUUID, with the address of the first.
    alphas.fill([clerk(mail="other@alpha.test"), clerk(uid="brian")])
    assert enters(world.alpha, "brian") is None


def test_tries_by_all_names_of_a_person_count_together(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=5)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    # To a directory these are all the same name (RFC 4518), and to us five others.
    for name in ("amina", "\uff41mina", CLERK, "a\uff4dina", "\uff41\uff4dina"):
        assert enters(world.alpha, name, "wrong") is None
    for name in ("amina", CLERK, "\uff41\uff4d\uff49na"):
        assert enters(world.alpha, name) is None
    assert enters(world.alpha, CLERK, PASSWORD) is None


def test_signing_in_often_by_a_short_name_locks_nobody(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=3)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    for _ in range(5):
        assert signed_in(sign_in("alpha.localhost", "amina", OURS))


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What Django counts as wrong passwords, which is what the lock-out counts."""
    seen: list[str] = []

    def count(credentials: dict[str, str], **_kwargs: object) -> None:
        seen.append(credentials.get("username", ""))

    user_login_failed.connect(count)
    yield seen
    user_login_failed.disconnect(count)


def test_a_wrong_password_of_the_directory_counts_once(
    world: World, alphas: Directory, trust: Trust, failures: list[str]
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    enters(world.alpha, "amina", "wrong")
    assert failures == ["amina"]


def test_without_the_directory_own_passwords_work_and_others_are_told_why(
    world: World, alphas: Directory, trust: Trust, failures: list[str]
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    alphas.stop()
    assert enters(world.alpha, OWNER, PASSWORD) is not None
    with pytest.raises(ValidationError, match="Office directory does not answer"):
        enters(world.alpha, "amina")
    assert failures == ["amina"]
    page = sign_in("alpha.localhost", "amina", OURS).post(
        "/admin/login/", {"username": "amina", "password": OURS}
    )
    assert b"Office directory does not answer" in page.content


def test_the_web_clients_door_asks_the_directory_too(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=4)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    browser = Browser("alpha.localhost")
    assert browser.sign_in(CLERK, OURS).status_code == 200
    assert browser.is_signed_in()
    alphas.stop()
    away = Browser("alpha.localhost").sign_in(CLERK, OURS)
    assert away.status_code == 400
    assert [error["code"] for error in away.json()["errors"]] == ["directory_unavailable"]
    alphas.start()
    statuses = [Browser("alpha.localhost").sign_in(CLERK, "wrong").status_code for _ in range(4)]
    assert statuses[0] == 400
    assert statuses[-1] == 429
    assert Browser("alpha.localhost").sign_in(CLERK, OURS).status_code == 429


def test_a_person_without_a_password_of_ours_sets_up_a_factor(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="new@alpha.test")])
    trust(world.alpha, alphas, create_users=True, default_role="cashier")
    browser = Browser("alpha.localhost")
    assert browser.sign_in("new@alpha.test", OURS).status_code == 200
    path = f"{PREFIX}/account/authenticators/totp"
    secret = browser.get(path).json()["meta"]["secret"]
    with totp.early_in_a_step():
        assert browser.send("post", path, {"code": totp.code(secret)}).status_code == 200
    assert Browser("alpha.localhost").sign_in("new@alpha.test", OURS).status_code == 401


def test_a_wrong_search_account_is_the_directorys_fault_not_the_persons(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas, secret="changed there, not here")
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_says_nothing_is_given_up(
    world: World, alphas: Directory, tls: Any, trust: Trust, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        trust(world.alpha, alphas, config={"server": server, "ca_certificates": tls.authority})
        with pytest.raises(ValidationError, match="does not answer"):
            enters(world.alpha, "amina")


def test_no_directory_is_asked_inside_a_transaction(
    world: World, alphas: Directory, trust: Trust
) -> None:
    trust(world.alpha, alphas)
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(AssertionError, match="transaction"):
            DirectoryBackend().authenticate(None, username="amina", password=OURS)


@pytest.mark.parametrize("how", ["ldaps", "start_tls"])
def test_tls_with_an_authority_of_the_tenants_own(
    world: World, alphas: Directory, tls: Any, trust: Trust, how: str
) -> None:
    alphas.fill([clerk()])
    encrypted = {
        "ldaps": {"server": alphas.tls_url},
        "start_tls": {"server": f"ldap://localhost:{alphas.port}", "start_tls": True},
    }[how]
    trust(world.alpha, alphas, config={**encrypted, "ca_certificates": tls.authority})
    assert enters(world.alpha, "amina") is not None


@pytest.mark.parametrize("how", ["ldaps", "start_tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    world: World, alphas: Directory, trust: Trust, how: str
) -> None:
    alphas.fill([clerk()])
    encrypted = {
        "ldaps": {"server": alphas.tls_url},
        "start_tls": {"server": f"ldap://localhost:{alphas.port}", "start_tls": True},
    }[how]
    trust(world.alpha, alphas, config=encrypted)
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")


def test_one_tenants_authority_vouches_for_no_other_tenants_directory(
    world: World, alphas: Directory, betas: Directory, tls: Any, trust: Trust
) -> None:
    alphas.fill([clerk()])
    betas.fill([clerk(mail="stranger@beta.test")])
    pinned = {"server": alphas.tls_url, "ca_certificates": tls.authority}
    trust(world.alpha, alphas, config=pinned)
    trust(world.beta, betas, config={"server": betas.tls_url})
    for _ in range(2):
        assert enters(world.alpha, "amina") is not None
        with pytest.raises(ValidationError, match="does not answer"):
            enters(world.beta, "amina")


@pytest.mark.parametrize(
    "server", ["ldap://10.0.0.1", "ldaps://169.254.169.254", "ldaps://[::1]", "ldap://127.0.0.1"]
)
def test_where_no_private_network_is_allowed_none_is_asked(
    world: World, alphas: Directory, trust: Trust, settings: Any, server: str
) -> None:
    settings.SSO_PRIVATE_NETWORKS = []
    trust(world.alpha, alphas, config={"server": server})
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")
