"""/api/v1/access/positions/: what a post grants, denies and limits."""

from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import delete, department, error, get, hold, patch, person_of, post
from tests.conftest import Person, World
from wificore.access.codes import CODES, Permission

URL = "/api/v1/access/positions/"
TODAY = timezone.now().date()


def test_an_owner_makes_changes_and_removes_a_position(world: World, owner: Person) -> None:
    night = department(world, "Night")
    made = post(owner, URL, department=night, title="Guard", grants=["radius.nas.view"])
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["grants"], row["denials"], row["limits"]) == (["radius.nas.view"], [], {})
    assert (row["scope"], row["is_head"]) == ("own", False)
    url = f"{URL}{row['id']}/"
    assert patch(owner, url, denials=["radius.*"]).json()["denials"] == ["radius.*"]
    assert delete(owner, url).status_code == 204


def test_a_trainees_position_denies_what_the_role_allows(world: World, owner: Person) -> None:
    amina = person_of(world, "amina", "cashier")
    denials = ["radius.subscriber.manage"]
    made = post(owner, URL, department=department(world, "Shop"), title="T", denials=denials)
    hold(world, amina, made.json()["id"], TODAY)
    assert get(amina, "/api/v1/radius/subscribers/").status_code == 200
    assert post(amina, "/api/v1/radius/subscribers/", username="x").status_code == 403
    patch(owner, f"{URL}{made.json()['id']}/", denials=[])
    assert post(amina, "/api/v1/radius/subscribers/", username="x").status_code == 400


def test_a_position_that_somebody_held_stays(world: World, owner: Person, clerk: Person) -> None:
    made = post(owner, URL, department=department(world, "Night"), title="Guard").json()
    hold(world, clerk, made["id"], TODAY)
    assert error(delete(owner, f"{URL}{made['id']}/"))[:2] == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"grants": ["access.role.manage"]}, "grants"),
        ({"grants": ["radius.*"]}, "grants"),
        ({"grants": ["radius.plan.destroy"]}, "grants"),
        ({"grants": "radius.plan.view"}, "grants"),
        ({"denials": ["water"]}, "denials"),
        ({"denials": ["rad*"]}, "denials"),
        ({"denials": [7]}, "denials"),
        ({"limits": {"refund_max": -1}}, "limits.refund_max"),
        ({"limits": {"no_such": 1}}, "limits"),
        ({"limits": [1]}, "limits"),
        ({"scope": "galaxy"}, "scope"),
        ({"title": ""}, "title"),
        ({"department": 999_999}, "department"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    world: World, owner: Person, body: dict[str, Any], field: str
) -> None:
    night = department(world, "Night")
    answer = post(owner, URL, **{"department": night, "title": "Guard", **body})
    if field == "denials" and body["denials"] == [7]:
        assert answer.status_code == 400  # text of a number is no code
        return
    assert error(answer) == (400, "validation_error", [field])


def test_two_positions_of_one_department_have_two_titles(world: World, owner: Person) -> None:
    night = department(world, "Night")
    assert post(owner, URL, department=night, title="Guard").status_code == 201
    assert post(owner, URL, department=night, title="Guard").status_code == 400


def test_a_limit_is_whole_micro_units_of_a_known_name(
    world: World, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CODES, "water.refund.create", Permission("Refund", limit="refund_max"))
    night = department(world, "Night")
    limits = {"refund_max": 5_000_000}
    made = post(owner, URL, department=night, title="Till", limits=limits)
    assert made.json()["limits"] == limits


def test_a_clerk_sees_none_and_the_stranger_only_its_own(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    made = post(owner, URL, department=department(world, "Night"), title="Guard").json()
    assert get(clerk, URL).status_code == 403
    assert "Guard" not in [row["title"] for row in get(stranger, URL).json()["results"]]
    assert delete(stranger, f"{URL}{made['id'] + 10_000}/").status_code == 404
