"""Who is told of what: departments route, rights and sites decide, each person once an event."""

from datetime import date
from typing import Any

import pytest

from tenants.hooks import Owner
from tests.access.people import department, hold, id_of, person_of, position, site
from tests.conftest import World
from tests.notifications.incidents import happened, inbox, names, route, silent, told
from wificore.access import services as access
from wificore.access.models import Department, User
from wificore.access.services import user_create, user_delete
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.notifications.models import Notification, Preference

TECHNICIANS = ("amina", "brian")


@pytest.fixture
def hill(world: World) -> int:
    return site(world, "Hilltop")


def test_the_routed_departments_members_hear_of_it_each_once(world: World, hill: int) -> None:
    night, day = department(world, "Night", hill), department(world, "Day", hill)
    for name in TECHNICIANS:
        extra = {day: True} if name == "amina" else {}
        person_of(world, name, "technician", primary_department=night, extra_departments=extra)
    person_of(world, "chris", "technician", primary_department=department(world, "Shop", hill))
    route(world, "nas.*", night, day)
    silent(world, site=hill)
    assert names(world) == ["amina", "brian"]


def test_an_event_that_comes_twice_tells_nobody_twice(world: World) -> None:
    silent(world, 7)
    silent(world, 7)
    silent(world, 8)
    assert told(world) == ["owner@alpha.test"] * 2


def test_whoever_may_not_view_it_hears_nothing_wherever_it_was_routed(
    world: World, hill: int
) -> None:
    sales = department(world, "Shop", hill)
    person_of(world, "cashier", "cashier", primary_department=sales)
    person_of(world, "tech", "technician", primary_department=sales)
    route(world, "nas.*", sales)
    silent(world, site=hill)
    assert names(world) == ["tech"]


def test_whoever_works_at_another_site_hears_nothing(world: World, hill: int) -> None:
    harbour = site(world, "Harbour")
    here, there = department(world, "Here", hill), department(world, "There", harbour)
    person_of(world, "here", "technician", primary_department=here)
    person_of(world, "there", "technician", primary_department=there)
    route(world, "nas.*", here, there)
    silent(world, site=hill)
    assert names(world) == ["here"]


def test_a_denying_position_silences_and_the_heads_above_hear_instead(
    world: World, hill: int
) -> None:
    team = department(world, "Team", hill)
    person = person_of(world, "trainee", "technician", primary_department=team)
    hold(world, person, position(world, team, "Trainee", denials=["radius.*"]), date(2026, 1, 1))
    route(world, "nas.*", team)
    silent(world, site=hill)
    assert names(world) == ["owner"]


def test_a_site_that_is_gone_is_nowhere_in_particular(world: World) -> None:
    silent(world, site=999_999)
    with tenant_context(world.alpha):
        assert Notification.objects.get().site_id is None


def test_a_failed_job_is_told_to_whoever_started_it_without_any_right(world: World) -> None:
    person_of(world, "starter", "cashier")
    happened(
        world, 1, "job.finished", id="1", kind="x", state="failed", created_by="starter@alpha.test"
    )
    assert names(world) == ["starter"]


def test_a_failed_job_of_the_systems_goes_to_those_who_see_jobs(world: World) -> None:
    happened(world, 1, "job.finished", id="1", kind="x", state="failed", created_by="beat")
    assert names(world) == ["owner"]


def test_a_failed_job_with_a_route_goes_to_the_department_as_well(world: World) -> None:
    team = department(world, "Team")
    person_of(world, "watcher", "technician", primary_department=team)
    person_of(world, "starter", "cashier")
    route(world, "job.finished", team)
    happened(
        world, 1, "job.finished", id="1", kind="x", state="failed", created_by="starter@alpha.test"
    )
    assert names(world) == ["starter", "watcher"]


def test_ones_own_account_is_told_to_nobody_else(world: World) -> None:
    person = person_of(world, "amina", "cashier")
    team = department(world, "Team")
    person_of(world, "boss", "manager", primary_department=team)
    route(world, "factor.*", team)
    happened(world, 1, "factor.removed", id=id_of(world, person), account=person.email, kind="totp")
    assert names(world) == ["amina"]


def test_somebody_who_is_not_active_is_told_nothing(world: World) -> None:
    person = person_of(world, "gone", "cashier")
    with tenant_context(world.alpha):
        User.objects.filter(email=person.email).update(is_active=False)
    happened(world, 1, "signin.reset", id=1, account=person.email)
    assert told(world) == []


def test_an_event_of_no_kind_is_nobodys(world: World) -> None:
    happened(world, 1, "plan.created", id=3)
    assert told(world) == []


def test_a_deleted_users_inbox_goes_along_also_for_operators_who_have_none(world: World) -> None:
    person = person_of(world, "amina", "cashier")
    happened(world, 1, "signin.reset", id=1, account=person.email)
    with tenant_context(world.alpha):
        user_delete(user=User.objects.get(email=person.email))
        assert not Notification.objects.exists()
    with platform_context():
        user_delete(user=user_create(email="new@platform.test", password=None, roles=[]))


def test_the_words_are_in_the_persons_own_language(world: World, owner: Any) -> None:
    with tenant_context(world.alpha):
        Preference.objects.create(user_id=id_of(world, owner), language="sw")
    silent(world)
    assert inbox(owner)[0]["title"] == "Ruta tower-2 iko kimya"


def test_a_new_organisations_technicians_hear_of_the_network_and_before_there_are_any_its_owner(
    world: World,
) -> None:
    with tenant_context(world.alpha):
        first = Owner("owner@alpha.test", "correct horse battery").hashed()
        access.seed_organisation(world.alpha, first, "owner")
        technical = Department.objects.get(name="Technical").pk
    silent(world, 1)
    person_of(world, "tech", "technician", primary_department=technical)
    silent(world, 2)
    held = {"id": "acct", "since": "2026-11-21T06:12:00+00:00", "records": 7}
    happened(world, 3, "alert.records_held", **held)
    assert names(world) == ["owner", "tech", "tech"]
