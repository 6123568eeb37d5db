"""Groups of an LDAP directory give and take roles."""

import pytest

from tests.access.sso.conftest import Trust
from tests.access.sso.office import CLERK, OWNER, clerk, enters, role_here
from tests.access.sso.slapd import Directory
from tests.conftest import World
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context


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
