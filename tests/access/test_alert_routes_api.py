"""/api/v1/access/alert-routes/: which departments hear of which events."""

from typing import Any

import pytest

from tests.access.people import delete, department, error, get, patch, post, site
from tests.conftest import Person, World

URL = "/api/v1/access/alert-routes/"


def test_an_owner_makes_changes_and_removes_a_route(world: World, owner: Person) -> None:
    night, hill = department(world, "Night"), site(world, "Hill")
    body = {"event_type": "session.*", "departments": [night], "min_severity": "warning"}
    made = post(owner, URL, **body, site=hill)
    assert made.status_code == 201, made.content
    assert made.json() == {"id": made.json()["id"], **body, "site": hill}
    url = f"{URL}{made.json()['id']}/"
    assert patch(owner, url, min_severity="critical").json()["min_severity"] == "critical"
    assert get(owner, url).json()["departments"] == [night]
    assert delete(owner, url).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"departments": []}, "departments"),
        ({"departments": [999_999]}, "departments"),
        ({"event_type": "Session Started"}, "event_type"),
        ({"event_type": ""}, "event_type"),
        ({"min_severity": "loud"}, "min_severity"),
        ({"site": 999_999}, "site"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    world: World, owner: Person, body: dict[str, Any], field: str
) -> None:
    valid = {"event_type": "session.*", "departments": [department(world, "Night")]}
    assert error(post(owner, URL, **{**valid, **body})) == (400, "validation_error", [field])


def test_a_clerk_sees_none_and_the_stranger_only_its_own(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    night = department(world, "Night")
    made = post(owner, URL, event_type="session.*", departments=[night]).json()
    assert get(clerk, URL).status_code == 403
    assert post(clerk, URL, event_type="*", departments=[night]).status_code == 403
    assert get(stranger, URL).json()["results"] == []
    assert delete(stranger, f"{URL}{made['id']}/").status_code == 404
