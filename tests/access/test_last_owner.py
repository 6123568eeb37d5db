"""Somebody can always give rights back: the last owner stays one, also in a race."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from tests.access.people import department, hold, id_of, person_of, position
from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import Assignment, Department, Position, Role, User
from wificore.access.services import LastOwner
from wificore.kernel.db.context import tenant_context

TODAY = timezone.now().date()
DAY = timedelta(days=1)


def owners(world: World) -> int:
    with tenant_context(world.alpha):
        return User.objects.filter(roles__name="owner", is_active=True).count()


def at_once(*changes: Callable[[], object]) -> list[str]:
    """Each change in a thread of its own, all at the same moment; what came of them."""
    barrier, outcomes = Barrier(len(changes)), []

    def run(change: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            change()
            outcomes.append("done")
        except LastOwner:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def test_two_owners_who_remove_each_other_at_once_leave_one(world: World, owner: Person) -> None:
    second = person_of(world, "second", "owner")
    first_id, second_id = id_of(world, owner), id_of(world, second)

    def removal(of: int, by: int) -> Callable[[], None]:
        def remove() -> None:
            with tenant_context(world.alpha):
                writer = services.By(User.objects.get(pk=by).subject())
                services.user_roles_set(user=User.objects.get(pk=of), roles=["viewer"], by=writer)

        return remove

    try:
        outcomes = at_once_or_not_yours(removal(first_id, second_id), removal(second_id, first_id))
        assert outcomes == ["done", "refused"]
        assert owners(world) == 1
    finally:
        with tenant_context(world.alpha):
            services.user_roles_set(user=User.objects.get(pk=first_id), roles=["owner"])


def at_once_or_not_yours(*changes: Callable[[], None]) -> list[str]:
    """The second one has lost its own rights by then, which refuses it as well."""

    def refused(change: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                change()
            except services.NotYours as error:
                raise LastOwner(str(error)) from error

        return run

    return at_once(*(refused(change) for change in changes))


def test_two_owners_who_step_down_at_once_leave_one(world: World, owner: Person) -> None:
    second = person_of(world, "second", "owner")
    ids = [id_of(world, person) for person in (owner, second)]

    def step_down(key: int) -> Callable[[], None]:
        def change() -> None:
            with tenant_context(world.alpha):
                services.user_update(user=User.objects.get(pk=key), is_active=False)

        return change

    try:
        assert at_once(*(step_down(key) for key in ids)) == ["done", "refused"]
        assert owners(world) == 1
    finally:
        with tenant_context(world.alpha):
            services.user_update(user=User.objects.get(pk=ids[0]), is_active=True)


def away(world: World, **rules: object) -> int:
    return position(world, department(world, "Rest"), "Away", **{"denials": ["*"], **rules})


@pytest.mark.parametrize("denials", [["*"], ["access.*"], ["access.role.manage"]])
def test_a_denial_in_the_future_counts(world: World, owner: Person, denials: list[str]) -> None:
    rest = away(world, denials=denials)
    with pytest.raises(LastOwner):
        hold(world, owner, rest, TODAY + 90 * DAY, TODAY + 91 * DAY)
    assert not _held(world)


def _held(world: World) -> bool:
    with tenant_context(world.alpha):
        return Assignment.objects.exists()


def test_two_owners_may_be_away_on_different_days_only(world: World, owner: Person) -> None:
    second = person_of(world, "second", "owner")
    rest = away(world)
    hold(world, owner, rest, TODAY + 10 * DAY, TODAY + 20 * DAY)
    with pytest.raises(LastOwner):
        hold(world, second, rest, TODAY + 20 * DAY, TODAY + 25 * DAY)
    hold(world, second, rest, TODAY + 21 * DAY, TODAY + 25 * DAY)


def test_a_department_that_opens_and_a_position_that_moves_count(
    world: World, owner: Person
) -> None:
    with tenant_context(world.alpha):
        closed = services.department_save(department=Department(name="Closed", active=False))
        rest = Position(department=closed, title="Away", denials=["*"])
        services.position_save(position=rest)
    hold(world, owner, rest.pk, TODAY)
    with tenant_context(world.alpha):
        closed.active = True
        with pytest.raises(LastOwner):
            services.department_save(department=closed)
        rest.department = services.department_save(department=Department(name="Open"))
        with pytest.raises(LastOwner):
            services.position_save(position=rest)


def test_a_role_of_ones_own_holds_the_key_as_well(world: World, owner: Person) -> None:
    with tenant_context(world.alpha):
        keys = services.role_create(name="keys", title="", permissions=["access.role.manage"])
    person_of(world, "keeper", "keys")
    with tenant_context(world.alpha):
        user = User.objects.get(email=owner.email)
        services.user_roles_set(user=user, roles=[])
        try:
            with pytest.raises(LastOwner):
                services.role_update(role=Role.objects.get(pk=keys.pk), permissions=[])
        finally:
            services.user_roles_set(user=user, roles=["owner"])


def test_the_last_operator_stays_one(world: World, operator: Person) -> None:
    from wificore.kernel.db.context import platform_context

    with platform_context():
        user = User.objects.get(email=operator.email)
        with pytest.raises(LastOwner):
            services.user_delete(user=user)
