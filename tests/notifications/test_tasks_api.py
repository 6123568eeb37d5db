"""Work that an event asks for: claimed once, done with a note, told further when nobody comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from tests.access.people import (
    delete,
    department,
    error,
    get,
    hold,
    id_of,
    narrowed,
    person_of,
    position,
    post,
    site,
)
from tests.conftest import Person, World
from tests.notifications.incidents import (
    ROUTER,
    events,
    happened,
    inbox,
    prefer,
    route,
    silent,
    supporter,
)
from wificore.access.models import Department, User
from wificore.access.services import department_save, user_update
from wificore.kernel.db.context import tenant_context
from wificore.notifications.models import Task
from wificore.notifications.services import task_escalate, tasks_escalate

URL = "/api/v1/tasks/"
DAY_ONE = date(2026, 1, 1)


def rows(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = get(person, URL, **query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def only(person: Person) -> dict[str, Any]:
    [row] = rows(person)
    return row


def act(person: Person, verb: str, task: Any, **body: Any) -> Any:
    return post(person, f"{URL}{task}/{verb}/", **body)


@pytest.fixture
def technician(world: World) -> Person:
    return person_of(world, "tech", "technician")


def test_an_event_opens_one_task_in_each_readers_language(
    world: World, owner: Person, technician: Person
) -> None:
    silent(world, 1)
    silent(world, 1)
    silent(world, 2)  # the same router, still not done
    task = only(owner)
    assert task["title"] == "Visit router tower-2"
    assert (task["state"], task["severity"], task["claimed_by"]) == ("open", "critical", None)
    assert task["link"] == "/routers?q=192.0.2.12"
    prefer(world, technician, language="sw")
    assert only(technician)["title"] == "Tembelea ruta tower-2"
    assert [one["kind"] for one in events("task.created")] == ["nas.silent"]
    assert "title" not in events("task.created")[0]


def test_a_task_is_claimed_done_and_then_another_may_open(
    world: World, owner: Person, technician: Person
) -> None:
    silent(world, 1)
    number = only(owner)["id"]
    claimed = act(technician, "claim", number).json()
    assert claimed["state"] == "claimed"
    assert claimed["claimed_by"]["email"] == technician.email
    assert error(act(owner, "claim", number)) == (409, "conflict", [])
    assert "tech@" in act(owner, "claim", number).json()["error"]["message"]
    assert act(owner, "done", number).status_code == 409
    assert act(owner, "release", number).status_code == 409
    done = act(technician, "done", number, note="The fuse had blown.").json()
    assert (done["state"], done["note"]) == ("done", "The fuse had blown.")
    assert act(technician, "done", number).status_code == 409
    silent(world, 2)
    assert [row["state"] for row in rows(owner)] == ["open", "done"]


def test_a_released_task_is_anybodys_again(world: World, owner: Person, technician: Person) -> None:
    silent(world, 1)
    number = only(owner)["id"]
    act(technician, "claim", number)
    released = act(technician, "release", number).json()
    assert (released["state"], released["claimed_by"]) == ("open", None)
    assert released["escalate_at"]
    assert act(owner, "claim", number).status_code == 200


def test_of_many_who_claim_at_once_one_wins(world: World, owner: Person) -> None:
    people = [person_of(world, f"t{number}", "technician") for number in range(6)]
    silent(world, 1)
    number = only(owner)["id"]

    def claim(person: Person) -> int:
        try:
            return int(act(person, "claim", number).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(claim, people))
    assert statuses == [200, 409, 409, 409, 409, 409]
    assert len(events("task.claimed")) == 1


def test_lists_of_open_ones_of_ones_own_and_of_all(
    world: World, owner: Person, technician: Person
) -> None:
    for number in (1, 2, 3):
        silent(world, number, id=number)
    first, second, third = (row["id"] for row in rows(owner)[::-1])
    act(technician, "claim", first)
    act(technician, "done", first)
    act(technician, "claim", second)
    assert [row["id"] for row in rows(owner, state="open")] == [third]
    assert [row["id"] for row in rows(technician, mine="true")] == [second, first]
    assert [row["id"] for row in rows(technician, mine="true", state="claimed")] == [second]
    assert len(rows(owner)) == 3
    assert rows(owner, mine="true") == []
    assert error(get(owner, URL, state="gone"))[:2] == (400, "validation_error")


def test_a_task_at_another_site_or_about_what_one_may_not_see_is_not_there(
    world: World, clerk: Person, stranger: Person
) -> None:
    here, there = site(world, "Here"), site(world, "There")
    near = person_of(
        world, "near", "technician", primary_department=department(world, "Near", here)
    )
    far = person_of(world, "far", "technician", primary_department=department(world, "Far", there))
    silent(world, 1, site=here)
    number = only(near)["id"]
    for person in (far, clerk, stranger):  # the clerk may see tasks, but no routers
        assert rows(person) == []
        assert get(person, f"{URL}{number}/").status_code == 404
        assert act(person, "claim", number).status_code == 404
    assert only(near)["site"] == here


def test_who_may_only_look_claims_nothing(world: World, owner: Person) -> None:
    silent(world, 1)
    number = only(owner)["id"]
    viewer = person_of(world, "viewer", "viewer")
    assert act(viewer, "claim", number).status_code == 403
    narrow = narrowed(world, owner, "notifications.task.view", "radius.nas.view")
    assert len(rows(narrow)) == 1
    assert act(narrow, "claim", number).status_code == 403
    # A token that may not see routers sees no work on them.
    assert rows(narrowed(world, owner, "notifications.task.view")) == []
    assert act(supporter(world), "claim", number).status_code == 403
    assert len(rows(supporter(world))) == 1


def test_a_router_that_is_back_ends_the_task_nobody_took(world: World, owner: Person) -> None:
    silent(world, 1)
    back = {**ROUTER, "silent_since": ROUTER["last_seen_at"], "silent_minutes": 5}
    happened(world, 2, "nas.seen", **{**back, "id": 99})
    assert only(owner)["state"] == "open"
    happened(world, 3, "nas.seen", **back)
    task = only(owner)
    assert (task["state"], task["note"]) == ("done", "It has come right by itself.")


def test_a_router_that_is_back_leaves_the_task_of_somebody_on_the_way(
    world: World, owner: Person, technician: Person
) -> None:
    silent(world, 1)
    act(technician, "claim", only(owner)["id"])
    happened(world, 2, "nas.seen", **{**ROUTER, "silent_minutes": 5})
    assert only(owner)["state"] == "claimed"


def test_a_site_with_open_work_stays(world: World, owner: Person) -> None:
    here = site(world, "Here")
    silent(world, 1, site=here)
    number = only(owner)["id"]
    assert error(delete(owner, f"/api/v1/sites/{here}/"))[0] == 409
    act(owner, "claim", number)
    act(owner, "done", number)
    assert delete(owner, f"/api/v1/sites/{here}/").status_code == 204
    assert rows(owner) == []


def pass_time(world: World) -> dict[str, int]:
    """The next circle's time has come; then beat's minute, and the worker on what it told."""
    with tenant_context(world.alpha):
        Task.objects.exclude(escalate_at=None).update(
            escalate_at=timezone.now() - timedelta(seconds=1)
        )
        known = len(events("task.escalated"))
        result = tasks_escalate()
    for offset, payload in enumerate(events("task.escalated")[known:], start=known):
        happened(world, 1000 + offset, "task.escalated", **payload)
    return result


@pytest.fixture
def ladder(world: World) -> dict[str, Person]:
    """A member of the team, the team's head, the head of the department above."""
    hill = site(world, "Hill")
    above = department(world, "Above", hill)
    with tenant_context(world.alpha):
        team = department_save(department=Department(name="Team", parent_id=above), sites=[hill]).pk
    member = person_of(world, "member", "technician", primary_department=team)
    head = person_of(world, "head", "technician", extra_departments={team: False})
    boss = person_of(world, "boss", "technician", primary_department=above)
    hold(world, head, position(world, team, "Head", is_head=True), DAY_ONE)
    route(world, "nas.*", team)
    silent(world, 1, site=hill)
    return {"member": member, "head": head, "boss": boss}


def titles(person: Person) -> list[str]:
    return [row["title"] for row in inbox(person)]


WAITS = "Nobody has taken this: Visit router tower-2 at Hill"


def test_what_nobody_claims_goes_to_the_head_then_above_then_to_the_owner_and_there_it_stays(
    world: World, owner: Person, ladder: dict[str, Person]
) -> None:
    assert titles(ladder["member"]) == ["Router tower-2 is silent"]
    order = [ladder["head"], ladder["boss"], owner]
    for step, person in enumerate(order, start=1):
        assert titles(person) == []
        assert pass_time(world) == {"escalated": 1, "left": 0}
        assert titles(person) == [WAITS]
        assert only(owner)["level"] == step
    assert only(owner)["escalate_at"] is None
    assert pass_time(world)["escalated"] == 0
    assert [len(titles(person)) for person in order] == [1, 1, 1]
    assert len(titles(ladder["member"])) == 1
    assert [one["to"] for one in events("task.escalated")] == [
        [id_of(world, person)] for person in order
    ]


def test_a_claimed_task_escalates_no_further(world: World, ladder: dict[str, Person]) -> None:
    number = only(ladder["member"])["id"]
    act(ladder["member"], "claim", number)
    assert pass_time(world)["escalated"] == 0
    act(ladder["member"], "release", number)
    assert pass_time(world)["escalated"] == 1


def test_a_task_is_not_told_further_before_its_time(
    world: World, ladder: dict[str, Person]
) -> None:
    with tenant_context(world.alpha):
        assert tasks_escalate() == {"escalated": 0, "left": 0}
        waits = Task.objects.get().escalate_at - timezone.now()
    assert timedelta(minutes=14) < waits <= timedelta(minutes=15)


def test_work_of_somebody_who_is_gone_waits_again(
    world: World, owner: Person, ladder: dict[str, Person]
) -> None:
    act(ladder["member"], "claim", only(owner)["id"])
    with tenant_context(world.alpha):
        user_update(user=User.objects.get(email=ladder["member"].email), is_active=False)
        assert tasks_escalate()["left"] == 1
    assert only(owner)["state"] == "open"


def test_two_beats_tell_the_next_circle_once(world: World, ladder: dict[str, Person]) -> None:
    with tenant_context(world.alpha):
        first, second = Task.objects.get(), Task.objects.get()
        assert task_escalate(task=first) is True
        assert task_escalate(task=second) is False
    assert len(events("task.escalated")) == 1
