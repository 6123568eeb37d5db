"""/api/v1/access/assignments/: who holds a position, and from when to when."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import (
    delete,
    department,
    error,
    get,
    id_of,
    patch,
    person_of,
    position,
    post,
)
from tests.conftest import Person, World

URL = "/api/v1/access/assignments/"
TODAY = timezone.now().date()
DAY = timedelta(days=1)
ROUTERS = "/api/v1/radius/nas/"


def acting(world: World) -> int:
    night = department(world, "Night")
    return position(world, night, "Acting technician", grants=["radius.nas.view"])


def test_an_acting_position_allows_from_its_first_to_its_last_day(
    world: World, owner: Person
) -> None:
    amina, post_ = person_of(world, "amina", "cashier"), acting(world)
    body = {"user": id_of(world, amina), "position": post_}
    later = post(owner, URL, **body, starts_on=str(TODAY + DAY)).json()
    assert later == {**later, "ends_on": None, **body}
    assert get(amina, ROUTERS).status_code == 403
    made = post(owner, URL, **body, starts_on=str(TODAY - DAY), ends_on=str(TODAY)).json()
    assert get(amina, ROUTERS).status_code == 200
    url = f"{URL}{made['id']}/"
    assert patch(owner, url, ends_on=str(TODAY - DAY)).json()["ends_on"] == str(TODAY - DAY)
    assert get(amina, ROUTERS).status_code == 403
    assert patch(owner, url, ends_on=None).json()["ends_on"] is None
    assert get(amina, ROUTERS).status_code == 200


def test_deleting_ends_it_at_once_and_keeps_that_it_was(world: World, owner: Person) -> None:
    amina, post_ = person_of(world, "amina", "cashier"), acting(world)
    body = {"user": id_of(world, amina), "position": post_}
    made = post(owner, URL, **body, starts_on=str(TODAY - 9 * DAY)).json()
    url = f"{URL}{made['id']}/"
    assert delete(owner, url).status_code == 204
    assert get(owner, url).json()["ends_on"] == str(TODAY - DAY)
    assert get(amina, ROUTERS).status_code == 403
    future = post(owner, URL, **body, starts_on=str(TODAY)).json()
    assert delete(owner, f"{URL}{future['id']}/").status_code == 204
    assert get(owner, f"{URL}{future['id']}/").status_code == 404
    patch(owner, url, ends_on=str(TODAY - 5 * DAY))
    assert delete(owner, url).status_code == 204
    assert get(owner, url).json()["ends_on"] == str(TODAY - 5 * DAY), "history is not rewritten"


def test_a_list_of_one_persons_assignments(world: World, owner: Person) -> None:
    post_ = acting(world)
    people = [id_of(world, person_of(world, name, "viewer")) for name in ("amina", "brian")]
    for user in people:
        post(owner, URL, user=user, position=post_, starts_on=str(TODAY))
    rows = get(owner, URL, user=people[0]).json()["results"]
    assert [row["user"] for row in rows] == [people[0]]
    assert len(get(owner, URL, position=post_).json()["results"]) == 2
    assert get(owner, URL, user="me").status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"user": 999_999}, "user"),
        ({"position": 999_999}, "position"),
        ({"starts_on": "soon"}, "starts_on"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    world: World, owner: Person, clerk: Person, body: dict[str, Any], field: str
) -> None:
    valid = {"user": id_of(world, clerk), "position": acting(world), "starts_on": str(TODAY)}
    assert error(post(owner, URL, **{**valid, **body})) == (400, "validation_error", [field])


def test_it_cannot_end_before_it_starts(world: World, owner: Person, clerk: Person) -> None:
    body = {"user": id_of(world, clerk), "position": acting(world), "starts_on": str(TODAY)}
    answer = post(owner, URL, **body, ends_on=str(TODAY - DAY))
    assert answer.status_code == 400
    assert "before it starts" in answer.json()["error"]["message"]


def test_a_position_that_would_keep_the_last_owner_out_one_day_is_refused(
    world: World, owner: Person
) -> None:
    away = position(world, department(world, "Rest"), "Away", denials=["access.*"])
    body = {"user": id_of(world, owner), "position": away}
    answer = post(
        owner, URL, **body, starts_on=str(TODAY + 30 * DAY), ends_on=str(TODAY + 31 * DAY)
    )
    assert error(answer)[:2] == (409, "last_owner")
    person_of(world, "second", "owner")
    assert post(owner, URL, **body, starts_on=str(TODAY + 30 * DAY)).status_code == 201


def test_a_clerk_sees_none_and_the_stranger_only_its_own(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    body = {"user": id_of(world, clerk), "position": acting(world), "starts_on": str(TODAY)}
    made = post(owner, URL, **body).json()
    assert get(clerk, URL).status_code == 403
    assert get(stranger, URL).json()["results"] == []
    assert delete(stranger, f"{URL}{made['id']}/").status_code == 404
