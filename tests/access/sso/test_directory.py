"""Sign-in by LDAP, against OpenLDAP's own server: who comes in, and as whom."""

import pytest

from tests.access.sso.conftest import Trust
from tests.access.sso.office import CLERK, OURS, clerk, enters, role_here
from tests.access.sso.slapd import Directory
from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import World
from wificore.access.models import ProviderIdentity, User
from wificore.kernel.db.context import tenant_context


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


def test_who_takes_over_anothers_address_does_not_become_that_person(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    assert enters(world.alpha, "amina") is not None
    # Another entry, so another entryUUID, with the address of the first.
    alphas.fill([clerk(mail="other@alpha.test"), clerk(uid="brian")])
    assert enters(world.alpha, "brian") is None
