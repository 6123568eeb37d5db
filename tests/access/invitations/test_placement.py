"""What the inviter may give: at the invitation, and again at its acceptance."""

import pytest

from tests.access.invitations.links import (
    OVER,
    Message,
    accept,
    error,
    invite,
    invited,
    manager,
    person,
)
from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import Department, Invitation, Site, User
from wificore.access.services import Placement
from wificore.kernel.db.context import tenant_context


def test_nobody_invites_to_more_than_they_may(world: World, sent: list[Message]) -> None:
    boss = manager(world)
    assert invite(boss, roles=["cashier"]).status_code == 201
    answer = invite(boss, email="two@new.test", roles=["owner"])
    assert error(answer)[:2] == (403, "permission_denied")
    assert len(sent) == 1
    with tenant_context(world.alpha):
        assert not User.objects.filter(email__endswith="@new.test").exists(), "only rehearsed"


def test_nobody_invites_to_a_site_outside_their_scope(world: World) -> None:
    boss = manager(world)
    with tenant_context(world.alpha):
        site = services.site_save(site=Site(name="Tower"))
        far = services.department_save(department=Department(name="Far"), sites=[site.pk])
    assert invite(boss, primary_department=far.pk).status_code == 403
    assert invite(boss, extra_sites=[site.pk]).status_code == 403
    extra = [{"department": far.pk}]
    assert invite(boss, extra_departments=extra).status_code == 403


def test_the_new_user_stands_where_the_inviter_wanted(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        site = services.site_save(site=Site(name="Tower")).pk
        shop, night = (
            services.department_save(department=Department(name=name)).pk
            for name in ("Shop", "Night")
        )
    token = invited(
        world,
        sent,
        owner,
        roles=["cashier", "technician"],
        primary_department=shop,
        extra_departments=[{"department": night, "receive_alerts": False}],
        extra_sites=[site],
    )
    assert accept(token, name="Amina W.").status_code == 201
    with tenant_context(world.alpha):
        user = person()
        assert user is not None
        assert (user.name, user.primary_department_id) == ("Amina W.", shop)
        assert {role.name for role in user.roles.all()} == {"cashier", "technician"}
        assert list(user.extra_sites.values_list("pk", flat=True)) == [site]
        extra = list(user.extra_departments.values_list("department_id", "receive_alerts"))
        assert extra == [(night, False)]


@pytest.mark.parametrize("lost", ["role", "activity", "row", "given"])
def test_acceptance_asks_what_the_inviter_may_today(
    world: World, sent: list[Message], lost: str
) -> None:
    boss = manager(world)
    token = invited(world, sent, boss, roles=["technician"])
    with tenant_context(world.alpha):
        user = person(boss.email)
        assert user is not None
        if lost == "role":
            services.user_roles_set(user=user, roles=["cashier"])
        elif lost == "activity":
            services.user_update(user=user, is_active=False)
        elif lost == "row":
            services.user_delete(user=user)
        else:
            services.role_create(name="hr", title="HR", permissions=["access.user.manage"])
            services.user_roles_set(user=user, roles=["hr"])
    assert error(accept(token)) == OVER
    with tenant_context(world.alpha):
        assert person() is None


def test_the_ceiling_of_the_inviters_token_holds_at_both_times(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        user = person(owner.email)
        assert user is not None
        _, clear = services.token_create(user=user, name="hr", abilities=["access.user.manage"])
    program = Person(owner.email, "owner", clear, owner.host)
    assert invite(program, roles=["cashier"]).status_code == 403
    token = invited(world, sent, program, roles=[])
    with tenant_context(world.alpha):
        Invitation.objects.update(
            placement={**Invitation.objects.get().placement, "roles": ["viewer"]}
        )
    assert error(accept(token)) == OVER


def test_a_place_that_is_gone_makes_it_invalid(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        role = services.role_create(name="night", title="Night")
    token = invited(world, sent, owner, roles=["night"])
    with tenant_context(world.alpha):
        services.role_delete(role=role)
    assert error(accept(token)) == OVER


def test_the_placement_is_kept_as_it_was_given() -> None:
    from wificore.access.services.invitations import _placement, _stored

    whole = Placement(
        roles=["b", "a"], primary_department=1, extra_departments={3: True}, extra_sites=[5, 4]
    )
    kept = _placement(_stored(whole))
    assert kept == Placement(["a", "b"], 1, False, {3: True}, [4, 5])
    assert _placement(_stored(Placement())) == Placement(roles=[])
