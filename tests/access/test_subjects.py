"""What is cached of people's rights: never another tenant's, and never what was true before."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import Department, Position, Role, Site, User
from wificore.access.services import Placement
from wificore.access.subjects import rights_of, today_in
from wificore.kernel.db.context import tenant_context

TODAY = timezone.now().date()
DAY = timedelta(days=1)


def person(email: str = "clerk@alpha.test") -> User:
    return User.objects.get(email=email)


def temp(*roles: str) -> User:
    return services.user_create(email="temp@alpha.test", password=None, roles=roles)


def test_warm_rights_of_one_tenants_user_are_not_the_others(world: World) -> None:
    """The same user id in two tenants, the cache warm in the first."""
    with tenant_context(world.alpha):
        key = temp("owner").pk
        assert User.objects.get(pk=key).may("access.role.manage").allowed
    with tenant_context(world.beta):
        User.objects.filter(pk=key).delete()
        other = User(pk=key, email="temp@beta.test")
        services.user_save(user=other, placement=Placement(roles=["viewer"]))
        other.refresh_from_db()
        with tenant_context(world.alpha):
            version = User.objects.get(pk=key).authz_version
        other.authz_version = version
        assert not other.may("access.role.manage").allowed


def test_a_decision_costs_one_query_cold_and_none_warm(world: World) -> None:
    with tenant_context(world.alpha):
        user = person()
        with CaptureQueriesContext(connection) as cold:
            assert user.may("radius.plan.view").allowed
        with CaptureQueriesContext(connection) as warm:
            assert person().may("radius.plan.view").allowed
    assert len(cold) == 1
    assert [q["sql"] for q in warm if "access_role" in q["sql"]] == []


def test_a_request_adds_at_most_one_query_for_its_decision(world: World, owner: Person) -> None:
    client = owner.client()
    client.get("/api/v1/me/")
    with tenant_context(world.alpha):
        services.role_create(name="night", title="Night")  # everybody's rights are cold now
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/v1/radius/plans/").status_code == 200
    assert len([q for q in queries if "access_role" in q["sql"]]) == 1


def test_a_right_taken_away_is_gone_at_the_next_request(world: World, clerk: Person) -> None:
    client = clerk.client()
    assert client.get("/api/v1/radius/plans/").status_code == 200
    with tenant_context(world.alpha):
        try:
            services.user_roles_set(user=person(), roles=[])
            assert client.get("/api/v1/radius/plans/").status_code == 403
        finally:
            services.user_roles_set(user=person(), roles=["cashier"])
    assert client.get("/api/v1/radius/plans/").status_code == 200


def test_what_a_transaction_took_back_is_not_remembered(world: World) -> None:
    with tenant_context(world.alpha):
        user = temp("viewer")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            services.user_roles_set(user=user, roles=["owner"])
            assert User.objects.get(pk=user.pk).may("access.role.manage").allowed
            raise ZeroDivisionError
        services.role_create(name="night", title="Night")  # the same version number again
        assert not User.objects.get(pk=user.pk).may("access.role.manage").allowed


def test_scope_is_the_sites_of_ones_departments_and_ones_own(world: World) -> None:
    with tenant_context(world.alpha):
        sites = [services.site_save(site=Site(name=f"S{n}")).pk for n in range(5)]
        first, extra, closed = (
            services.department_save(department=Department(name=f"D{n}"), sites=[sites[n]])
            for n in range(3)
        )
        closed.active = False
        services.department_save(department=closed)
        user = temp("manager")
        assert user.subject().sites == frozenset()
        placement = Placement(
            primary_department=first.pk,
            extra_departments={extra.pk: False, closed.pk: True},
            extra_sites=[sites[3]],
        )
        services.user_update(user=user, placement=placement)
        user.refresh_from_db()
        assert user.subject().sites == {sites[0], sites[1], sites[3]}


def test_positions_of_a_closed_department_neither_grant_nor_deny(world: World) -> None:
    with tenant_context(world.alpha):
        department = services.department_save(department=Department(name="D"))
        position = services.position_save(
            position=Position(department=department, title="P", denials=["radius.*"])
        )
        user = temp("viewer")
        services.assignment_create(user=user, position=position, starts_on=TODAY - DAY)
        user.refresh_from_db()
        assert user.may("radius.plan.view").reason == "position"
        department.active = False
        services.department_save(department=department)
        user.refresh_from_db()
        assert user.may("radius.plan.view").allowed


def test_the_day_turns_at_midnight_of_the_organisations_zone(world: World) -> None:
    night = timezone.now().replace(hour=22, minute=30)
    assert today_in("Africa/Nairobi", night) == today_in("UTC", night) + DAY
    with tenant_context(world.alpha):
        try:
            services.settings_update(zone="Africa/Nairobi")
            assert rights_of([person().pk], "ts_alpha")[person().pk]["zone"] == "Africa/Nairobi"
        finally:
            services.settings_update(zone="UTC")


def test_every_tenant_has_the_built_in_roles_and_the_platform_its_own(world: World) -> None:
    with tenant_context(world.beta):
        names = set(Role.objects.filter(built_in=True).values_list("name", flat=True))
    assert names == {"owner", "manager", "cashier", "technician", "viewer"}
