"""/api/v1/sites/ and /api/v1/settings/: where the organisation works."""

from typing import Any

import pytest

from tests.access.people import (
    delete,
    department,
    error,
    get,
    patch,
    person_of,
    post,
    site,
)
from tests.conftest import Person, World

URL = "/api/v1/sites/"
SETTINGS = "/api/v1/settings/"
HILL = {"name": "Hill", "zone": "Africa/Nairobi"}


def test_an_owner_makes_changes_and_removes_a_site(owner: Person) -> None:
    made = post(owner, URL, **HILL)
    assert made.status_code == 201, made.content
    assert made.json() == {"id": made.json()["id"], **HILL, "active": True}
    url = f"{URL}{made.json()['id']}/"
    assert patch(owner, url, active=False).json()["active"] is False
    assert get(owner, url).json()["name"] == "Hill"
    assert delete(owner, url).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Hill"}, "zone"),
        ({"zone": "UTC"}, "name"),
        ({**HILL, "zone": "Mars/Olympus"}, "zone"),
        ({**HILL, "name": "x" * 81}, "name"),
        ({**HILL, "name": "ta\tb"}, "name"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    owner: Person, body: dict[str, Any], field: str
) -> None:
    assert error(post(owner, URL, **body)) == (400, "validation_error", [field])


def test_a_name_is_given_once(owner: Person) -> None:
    assert post(owner, URL, **HILL).status_code == 201
    assert error(post(owner, URL, **HILL)) == (400, "validation_error", ["name"])


def test_staff_see_the_sites_of_their_scope_only(world: World, owner: Person) -> None:
    hill, lake = site(world, "Hill"), site(world, "Lake")
    boss = person_of(world, "boss", "manager", extra_sites=[hill])
    assert [row["id"] for row in get(boss, URL).json()["results"]] == [hill]
    assert get(boss, f"{URL}{lake}/").status_code == 404
    assert patch(boss, f"{URL}{lake}/", name="Mine").status_code == 404
    assert patch(boss, f"{URL}{hill}/", name="High hill").status_code == 200
    assert [row["id"] for row in get(owner, URL).json()["results"]] == [lake, hill]


def test_only_who_sees_every_site_makes_another_one(world: World) -> None:
    boss = person_of(world, "boss", "manager")
    assert error(post(boss, URL, **HILL))[:2] == (403, "permission_denied")


def test_a_site_in_use_stays(world: World, owner: Person) -> None:
    scope, routed, router = site(world, "A"), site(world, "B"), site(world, "C")
    night = department(world, "Night", scope)
    post(
        owner,
        "/api/v1/access/alert-routes/",
        event_type="session.*",
        site=routed,
        departments=[night],
    )
    body = {"address": "127.9.0.1", "secret": "a-long-secret", "site": router}
    assert post(owner, "/api/v1/radius/nas/", **body).status_code == 201
    for key in (scope, routed, router):
        assert error(delete(owner, f"{URL}{key}/"))[:2] == (409, "conflict")


def test_a_clerk_sees_the_sites_of_its_positions_and_the_stranger_its_own(
    world: World, clerk: Person, stranger: Person
) -> None:
    hill = site(world, "Hill")
    assert get(clerk, URL).json()["results"] == []
    assert get(clerk, f"{URL}{hill}/").status_code == 404
    assert patch(clerk, f"{URL}{hill}/", name="x").status_code == 403
    assert get(stranger, URL).json()["results"] == []
    assert patch(stranger, f"{URL}{hill}/", name="x").status_code == 404


def test_the_zone_of_the_organisation_is_read_by_managers_and_set_by_owners(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    assert get(owner, SETTINGS).json()["zone"] == "UTC"
    assert patch(owner, SETTINGS, zone="Africa/Nairobi").json()["zone"] == "Africa/Nairobi"
    assert get(stranger, SETTINGS).json()["zone"] == "UTC"
    assert error(patch(owner, SETTINGS, zone="Mars")) == (400, "validation_error", ["zone"])
    boss = person_of(world, "boss", "manager")
    assert get(boss, SETTINGS).json()["zone"] == "Africa/Nairobi"
    assert patch(boss, SETTINGS, zone="UTC").status_code == 403
    assert get(clerk, SETTINGS).status_code == 403
