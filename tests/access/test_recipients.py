"""Who hears of an alert: routed by departments, and only if they may see what it is about."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import World
from wificore.access import services
from wificore.access.models import AlertRoute, Department, Position, Site, User
from wificore.access.models.organisation import Severity
from wificore.access.recipients import recipients
from wificore.access.services import Placement
from wificore.kernel.db.context import tenant_context

DOWN, VIEW = "nas.down", "radius.nas.view"
TODAY = timezone.now().date()
DAY = timedelta(days=1)
OWNER = "owner@alpha.test"


@pytest.fixture(autouse=True)
def _inside(world: World) -> Iterator[None]:
    with tenant_context(world.alpha):
        yield


@pytest.fixture
def tower(world: World) -> int:
    return site("Tower")


def site(name: str) -> int:
    return services.site_save(site=Site(name=name)).pk


def department(name: str, *sites: int, **fields: Any) -> Department:
    return services.department_save(department=Department(name=name, **fields), sites=sites)


def route(
    *departments: Department,
    kind: str = DOWN,
    at: int | None = None,
    severity: int = Severity.INFO,
) -> None:
    row = AlertRoute(event_type=kind, site_id=at, min_severity=severity)
    services.alert_route_save(route=row, departments=[one.pk for one in departments])


def person(name: str, role: str = "technician", **placed: Any) -> User:
    placement = Placement(roles=[role] if role else [], **placed)
    address = f"{name}@alpha.test"
    return services.user_create(email=address, password=None, placement=placement)


def member(name: str, of: Department, role: str = "technician") -> User:
    return person(name, role, primary_department=of.pk)


def head(
    name: str, of: Department, role: str = "technician", starts: int = 0, ends: int | None = None
) -> User:
    user = person(name, role)
    position = services.position_save(
        position=Position(department=of, title=f"Head {name}", is_head=True, scope="tenant")
    )
    services.assignment_create(
        user=user,
        position=position,
        starts_on=TODAY + starts * DAY,
        ends_on=None if ends is None else TODAY + ends * DAY,
    )
    return user


def told(at: int | None, kind: str = DOWN, severity: int = Severity.WARNING) -> list[str]:
    users = recipients(event_type=kind, severity=severity, site=at, view_code=VIEW)
    return [user.email.partition("@")[0] for user in users]


def test_members_of_the_routed_department_hear_of_it(tower: int) -> None:
    technical, sales = department("Tech", tower), department("Shops", tower)
    route(technical)
    member("amina", technical)
    member("brian", technical)
    member("carol", sales)
    assert told(tower) == ["amina", "brian"]


def test_extra_members_hear_of_it_if_they_want_to(tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    person("amina", extra_departments={technical.pk: True})
    person("brian", extra_departments={technical.pk: False})
    assert told(tower) == ["amina"]


def test_each_person_is_told_once_however_many_roads_lead_there(tower: int) -> None:
    first, second = department("First", tower), department("Second", tower)
    route(first, second)
    route(second, kind="nas.*")
    route(first, kind="*", at=tower)
    person("amina", primary_department=first.pk, extra_departments={second.pk: True})
    assert told(tower) == ["amina"]


def test_routed_but_may_not_view_gets_nothing(tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    member("amina", technical, role="cashier")
    member("brian", technical, role="")
    assert told(tower) == ["owner"]


def test_whoever_has_not_the_site_in_scope_gets_nothing(tower: int) -> None:
    technical, elsewhere = department("Tech", tower), department("Else")
    route(technical, elsewhere)
    member("amina", technical)
    member("brian", elsewhere)
    assert told(tower) == ["amina"]
    assert told(None) == ["amina", "brian"], "without a site there is no scope to leave"


def test_a_denying_position_keeps_the_alert_away_too(tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    member("amina", technical)
    denied = member("brian", technical)
    position = Position(department=technical, title="Trainee", denials=["radius.nas.*"])
    services.assignment_create(
        user=denied, position=services.position_save(position=position), starts_on=TODAY
    )
    assert told(tower) == ["amina"]


def test_inactive_people_and_departments_hear_nothing(tower: int) -> None:
    technical, closed = department("Tech", tower), department("Closed", tower)
    route(technical, closed)
    services.user_update(user=member("amina", technical), is_active=False)
    person("brian", primary_department=closed.pk, extra_sites=[tower])
    assert told(tower) == ["brian"]
    closed.active = False
    services.department_save(department=closed)
    assert told(tower) == ["owner"]


@pytest.mark.parametrize(
    ("kind", "severity", "here", "matches"),
    [
        (DOWN, Severity.WARNING, True, True),
        ("nas.*", Severity.CRITICAL, True, True),
        ("*", Severity.WARNING, None, True),
        (DOWN, Severity.INFO, True, False),
        (DOWN, Severity.CRITICAL, False, False),
        ("nas.up", Severity.CRITICAL, True, False),
        ("session.*", Severity.CRITICAL, True, False),
    ],
)
def test_a_route_matches_by_event_severity_and_site(
    tower: int, kind: str, severity: int, here: bool | None, matches: bool
) -> None:
    well = site("Well")
    technical = department("Tech", tower, well)
    route(technical, kind=kind, severity=Severity.WARNING, at={True: tower, False: well}.get(here))
    member("amina", technical)
    assert told(tower, severity=severity) == (["amina"] if matches else ["owner"])


# None left: head, parent, fallback, owner.


def test_without_a_member_who_may_the_departments_head_is_told(tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    member("amina", technical, role="cashier")
    head("boss", technical)
    head("retired", technical, starts=-9, ends=-1)
    head("next", technical, starts=1)
    assert told(tower) == ["boss"]


def test_a_head_is_not_told_while_a_member_is(tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    head("boss", technical)
    member("amina", technical)
    assert told(tower) == ["amina"]


def test_then_the_department_above_is_told_its_members_first(tower: int) -> None:
    top = department("Top", tower)
    middle = department("Middle", tower, parent=top)
    bottom = department("Bottom", tower, parent=middle)
    route(bottom)
    head("chief", top)
    assert told(tower) == ["chief"]
    member("amina", top)
    assert told(tower) == ["amina"]
    head("deputy", middle)
    assert told(tower) == ["deputy"]


def test_a_closed_department_hands_on_to_the_one_above(tower: int) -> None:
    top = department("Top", tower)
    closed = department("Closed", tower, parent=top, active=False)
    route(department("Tech", tower, parent=closed))
    member("brian", closed)
    member("amina", top)
    assert told(tower) == ["amina"]


def test_a_head_who_may_not_view_is_passed_over(tower: int) -> None:
    top = department("Top", tower)
    technical = department("Tech", tower, parent=top)
    route(technical)
    head("blind", technical, role="cashier")
    member("amina", top)
    assert told(tower) == ["amina"]


def test_then_those_with_the_fallback_then_the_owners(tower: int) -> None:
    route(department("Tech", tower))
    everybody = services.position_save(
        position=Position(department=department("Office"), title="All", scope="tenant")
    )
    assert told(tower) == ["owner"]
    watch = person("watch", "manager")
    services.assignment_create(user=watch, position=everybody, starts_on=TODAY)
    # The owner's role has the fallback as well, until a position takes it.
    assert told(tower) == ["owner", "watch"]
    boss = User.objects.get(email=OWNER)
    quiet = Position(department=everybody.department, title="Quiet", denials=["access.alert.*"])
    services.assignment_create(
        user=boss, position=services.position_save(position=quiet), starts_on=TODAY
    )
    assert told(tower) == ["watch"]
    services.user_roles_set(user=watch, roles=["technician"])
    assert told(tower) == ["owner"]


def test_what_no_route_takes_goes_to_the_fallback(tower: int) -> None:
    member("amina", department("Tech", tower))
    assert told(tower) == ["owner"]


def test_when_not_even_an_owner_may_view_nobody_is_told(tower: int) -> None:
    boss = User.objects.get(email=OWNER)
    blind = Position(department=department("Office"), title="Blind", denials=["radius.*"])
    services.assignment_create(
        user=boss, position=services.position_save(position=blind), starts_on=TODAY
    )
    assert told(tower) == []


def test_another_tenants_people_are_never_told(world: World, tower: int) -> None:
    technical = department("Tech", tower)
    route(technical)
    member("amina", technical)
    with tenant_context(world.beta):
        twin = services.department_save(department=Department(name="Tech"))
        services.user_create(
            email="amina@beta.test",
            password=None,
            placement=Placement(roles=["owner"], primary_department=twin.pk),
        )
        found = recipients(event_type=DOWN, severity=Severity.CRITICAL, site=None, view_code=VIEW)
        assert {user.email.partition("@")[2] for user in found} == {"beta.test"}
    assert told(tower) == ["amina"]


def test_the_number_of_queries_does_not_grow_with_people_and_departments(tower: int) -> None:
    parent = None
    for depth in range(4):
        parent = department(f"D{depth}", tower, parent=parent)
    assert parent is not None
    route(parent)
    with CaptureQueriesContext(connection) as few:
        assert told(tower) == ["owner"]
    for number in range(6):
        extra = department(f"E{number}", tower, parent=parent)
        route(extra)
        member(f"m{number}", extra, role="cashier")
    with CaptureQueriesContext(connection) as many:
        assert told(tower) == ["owner"]
    assert len(many) == len(few) <= 10
