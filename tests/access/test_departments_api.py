"""/api/v1/access/departments/: who belongs where, and which sites that lends."""

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

URL = "/api/v1/access/departments/"


def test_an_owner_makes_changes_and_removes_a_department(world: World, owner: Person) -> None:
    hill = site(world, "Hill")
    made = post(owner, URL, name="Night", sites=[hill])
    assert made.status_code == 201, made.content
    row = made.json()
    assert row == {**row, "name": "Night", "parent": None, "sites": [hill], "active": True}
    url = f"{URL}{row['id']}/"
    child = post(owner, URL, name="Late", parent=row["id"]).json()
    assert patch(owner, url, sites=[], active=False).json()["sites"] == []
    assert error(delete(owner, url))[:2] == (409, "conflict")
    assert delete(owner, f"{URL}{child['id']}/").status_code == 204
    assert delete(owner, url).status_code == 204


def test_its_members_see_its_sites_while_it_is_active(world: World, owner: Person) -> None:
    hill = site(world, "Hill")
    night = department(world, "Night", hill)
    amina = person_of(world, "amina", "viewer", primary_department=night)
    sites = "/api/v1/sites/"
    assert [row["id"] for row in get(amina, sites).json()["results"]] == [hill]
    patch(owner, f"{URL}{night}/", active=False)
    assert get(amina, sites).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "line\nbreak"}, "name"),
        ({"name": "N", "parent": 999_999}, "parent"),
        ({"name": "N", "sites": [999_999]}, "sites"),
        ({"name": "N", "sites": 1}, "sites"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    owner: Person, body: dict[str, Any], field: str
) -> None:
    assert error(post(owner, URL, **body)) == (400, "validation_error", [field])


def test_a_department_is_not_above_itself(world: World, owner: Person) -> None:
    top = department(world, "Top")
    below = post(owner, URL, name="Below", parent=top).json()["id"]
    answer = patch(owner, f"{URL}{top}/", parent=below)
    assert error(answer) == (400, "validation_error", ["parent"])


def test_a_member_or_an_alert_route_keeps_it(world: World, owner: Person) -> None:
    night, day = department(world, "Night"), department(world, "Day")
    person_of(world, "amina", primary_department=night)
    post(owner, "/api/v1/access/alert-routes/", event_type="session.*", departments=[day])
    for key in (night, day):
        assert error(delete(owner, f"{URL}{key}/"))[:2] == (409, "conflict")


def test_a_clerk_sees_none_and_the_stranger_only_its_own(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    key = department(world, "Night") + 10_000
    assert get(clerk, URL).status_code == 403
    assert post(clerk, URL, name="Mine").status_code == 403
    assert "Night" not in [row["name"] for row in get(stranger, URL).json()["results"]]
    assert patch(stranger, f"{URL}{key}/", name="x").status_code == 404
