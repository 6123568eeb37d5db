"""The admin's pages of the organisation write through the services, and show what these refuse."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.access.people import department, id_of, person_of, position, site
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, Person, World
from wificore.access import services
from wificore.access.models import (
    AlertRoute,
    ApiToken,
    Assignment,
    Department,
    Position,
    Role,
    Settings,
    Site,
    User,
)
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context

TODAY = timezone.now().date()
ACCESS = "/admin/access/"


@pytest.fixture
def browser(owner: Person) -> Client:
    return sign_in(owner.host, owner.email)


@pytest.fixture
def boss(world: World) -> Client:
    """A manager without a site."""
    person = person_of(world, "boss", "manager")
    with tenant_context(world.alpha):
        user = User.objects.get(email=person.email)
        services.user_password_set(user=user, password=PASSWORD)
    return sign_in(person.host, person.email)


def save(client: Client, page: str, **form: Any) -> None:
    answer = client.post(f"{ACCESS}{page}", form)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] != f"{ACCESS}{page}", "a service refused it"


def actions(world: World) -> list[str]:
    with tenant_context(world.alpha):
        names = AuditEntry.objects.order_by("id").values_list("action", flat=True)
        return [name for name in names if not name.startswith("access.")]


def test_a_site_a_department_and_a_position_are_made_and_removed(
    world: World, browser: Client
) -> None:
    save(browser, "site/add/", name="Hill", zone="Africa/Nairobi", active="on")
    with tenant_context(world.alpha):
        hill = Site.objects.get(name="Hill")
    save(browser, "department/add/", name="Night", sites=[hill.pk], active="on")
    with tenant_context(world.alpha):
        night = Department.objects.get(name="Night")
        assert list(night.sites.all()) == [hill]
    rules = {"grants": ["radius.nas.view"], "denials": ["radius.plan.*"], "scope": "own"}
    save(browser, "position/add/", department=night.pk, title="Guard", **rules)
    with tenant_context(world.alpha):
        guard = Position.objects.get(title="Guard")
        assert (guard.grants, guard.denials) == (["radius.nas.view"], ["radius.plan.*"])
        assert guard.limits == {}
    save(browser, f"position/{guard.pk}/delete/", post="yes")
    save(browser, f"department/{night.pk}/change/", name="Night", active="on")
    save(browser, f"department/{night.pk}/delete/", post="yes")
    save(browser, f"site/{hill.pk}/delete/", post="yes")
    made = ["signin.succeeded", "site.created", "department.created", "position.created"]
    gone = ["position.deleted", "department.updated", "department.deleted", "site.deleted"]
    assert actions(world) == [*made, *gone]


def test_an_assignment_is_made_moved_and_ended(
    world: World, browser: Client, clerk: Person
) -> None:
    guard = position(world, department(world, "Night"), "Guard")
    form = {"user": id_of(world, clerk), "position": guard, "starts_on": str(TODAY)}
    save(browser, "assignment/add/", **form)
    with tenant_context(world.alpha):
        key = Assignment.objects.get().pk
    save(browser, f"assignment/{key}/change/", ends_on=str(TODAY))
    with tenant_context(world.alpha):
        assert Assignment.objects.get().ends_on == TODAY
    save(browser, f"assignment/{key}/delete/", post="yes")
    with tenant_context(world.alpha):
        assert not Assignment.objects.exists(), "it had begun today only"


def test_a_role_is_made_and_changed_and_a_built_in_one_is_not(
    world: World, browser: Client
) -> None:
    save(browser, "role/add/", name="night", title="Night", permissions=["radius.plan.view"])
    with tenant_context(world.alpha):
        own, built_in = Role.objects.get(name="night"), Role.objects.get(name="viewer")
    save(browser, f"role/{own.pk}/change/", title="Nights", permissions=["radius.nas.view"])
    with tenant_context(world.alpha):
        own.refresh_from_db()
        assert (own.title, own.permissions) == ("Nights", ["radius.nas.view"])
    page = f"{ACCESS}role/{built_in.pk}/change/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"title": "x"}).status_code == 403
    assert b"See plans" in browser.get(page).content


def test_an_alert_route_and_the_settings_are_written(world: World, browser: Client) -> None:
    night = department(world, "Night")
    form = {"event_type": "session.*", "min_severity": 20, "departments": [night]}
    save(browser, "alertroute/add/", **form)
    save(browser, "settings/1/change/", zone="Africa/Nairobi")
    with tenant_context(world.alpha):
        assert AlertRoute.objects.get().departments.get().pk == night
        assert Settings.objects.get().zone == "Africa/Nairobi"
    assert browser.get(f"{ACCESS}settings/")["Location"] == f"{ACCESS}settings/1/change/"


def test_a_user_is_placed(world: World, browser: Client, clerk: Person) -> None:
    hill = site(world, "Hill")
    night, day = department(world, "Night"), department(world, "Day")
    key = id_of(world, clerk)
    with tenant_context(world.alpha):
        cashier = Role.objects.get(name="cashier").pk
    form = {"email": clerk.email, "roles": [cashier], "is_active": "on"}
    place = {"primary_department": night, "departments": [day], "extra_sites": [hill]}
    save(browser, f"user/{key}/change/", **form, **place)
    with tenant_context(world.alpha):
        user = User.objects.get(pk=key)
        assert user.primary_department_id == night
        assert [extra.department_id for extra in user.extra_departments.all()] == [day]
        assert [row.pk for row in user.extra_sites.all()] == [hill]
    page = browser.get(f"{ACCESS}user/{key}/change/").content.decode()
    assert f'<option value="{day}" selected>' in page


def test_what_a_service_refuses_is_said_on_the_page_and_not_stored(
    world: World, boss: Client
) -> None:
    lake = site(world, "Lake")
    form = {"name": "Night", "sites": [lake], "active": "on"}
    page = boss.post(f"{ACCESS}department/add/", form, follow=True)
    assert b"outside your scope" in page.content
    with tenant_context(world.alpha):
        assert not Department.objects.filter(name="Night").exists()
        me = User.objects.get(email="boss@alpha.test")
        everything = Role.objects.get(name="owner").pk
    form = {"email": me.email, "roles": [everything], "is_active": "on"}
    page = boss.post(f"{ACCESS}user/{me.pk}/change/", form, follow=True)
    assert b"You may not give or take" in page.content


def test_a_manager_revokes_a_clerks_token_and_not_an_owners(
    world: World, boss: Client, owner: Person
) -> None:
    amina = person_of(world, "amina", "cashier")
    with tenant_context(world.alpha):
        keys = {
            person.role: ApiToken.objects.get(user__email=person.email).pk
            for person in (owner, amina)
        }
    page = boss.post(f"{ACCESS}apitoken/{keys['owner']}/delete/", {"post": "yes"}, follow=True)
    assert b"rights that you lack" in page.content
    save(boss, f"apitoken/{keys['amina']}/delete/", post="yes")
    with tenant_context(world.alpha):
        assert not ApiToken.objects.filter(pk=keys["amina"]).exists()
    assert owner.client().get("/api/v1/me/").status_code == 200


def test_a_list_hides_sites_out_of_scope(world: World, browser: Client, boss: Client) -> None:
    lake = site(world, "Lake")
    assert b"Lake" in browser.get(f"{ACCESS}site/").content
    assert b"Lake" not in boss.get(f"{ACCESS}site/").content
    assert boss.get(f"{ACCESS}site/{lake}/change/").status_code == 302


def test_a_denied_page_is_in_the_trail(world: World, clerk: Person) -> None:
    client = sign_in(clerk.host, clerk.email)
    assert client.get(f"{ACCESS}role/").status_code == 403
    with tenant_context(world.alpha):
        line = AuditEntry.objects.get(action="access.denied")
        assert (line.actor_name, line.object_id) == (clerk.email, "access.role.view")


@pytest.mark.parametrize("page", ["role", "department", "position", "assignment", "site"])
def test_the_stranger_finds_none_of_alphas_rows(
    world: World, stranger: Person, clerk: Person, page: str
) -> None:
    hill = site(world, "Lion hill")
    guard = position(world, department(world, "Lion night", hill), "Lion guard")
    with tenant_context(world.alpha):
        services.role_create(name="lion", title="Lion")
        services.assignment_create(
            user=User.objects.get(email=clerk.email),
            position=Position.objects.get(pk=guard),
            starts_on=TODAY,
        )
    content = sign_in(stranger.host, stranger.email).get(f"{ACCESS}{page}/").content
    assert b"Lion" not in content
    assert clerk.email.encode() not in content
