"""/api/v1/notifications/: one's own, and nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.access.people import error, id_of, narrowed, person_of, post
from tests.conftest import Person, World
from tests.notifications.incidents import events, inbox, silent, supporter
from wificore.kernel.db.context import tenant_context
from wificore.notifications.models import Notification
from wificore.notifications.services import notifications_forget

LIST = "/api/v1/notifications/"


def unread(person: Person) -> int:
    answer = person.client().get(f"{LIST}unread/")
    assert answer.status_code == 200
    return int(answer.json()["unread"])


@pytest.fixture
def three(world: World) -> list[int]:
    """Three events of which alpha's owner was told, their notifications' ids."""
    for number in (1, 2, 3):
        silent(world, number)
    with tenant_context(world.alpha):
        return list(Notification.objects.order_by("pk").values_list("pk", flat=True))


def test_an_inbox_shows_what_one_was_told_newest_first(owner: Person, three: list[int]) -> None:
    rows = inbox(owner)
    assert [row["id"] for row in rows] == three[::-1]
    assert rows[0] == {
        "id": three[2],
        "kind": "nas.silent",
        "severity": "critical",
        "title": "Router tower-2 is silent",
        "text": rows[0]["text"],
        "link": "/routers?q=192.0.2.12",
        "site": None,
        "created_at": rows[0]["created_at"],
        "read_at": None,
    }
    assert "since 21 Nov 06:12" in rows[0]["text"]


def test_pages_follow_the_last_row_seen(owner: Person, three: list[int]) -> None:
    first = owner.client().get(LIST, {"page_size": 2}).json()
    assert [row["id"] for row in first["results"]] == [three[2], three[1]]
    second = owner.client().get(first["next"]).json()
    assert [row["id"] for row in second["results"]] == [three[0]]


def test_reading_one_and_reading_all_counts_down(owner: Person, three: list[int]) -> None:
    assert unread(owner) == 3
    assert post(owner, f"{LIST}{three[1]}/read/").json() == {"unread": 2}
    assert post(owner, f"{LIST}{three[1]}/read/").json() == {"unread": 2}
    assert [row["id"] for row in inbox(owner, unread="true")] == [three[2], three[0]]
    assert [row["id"] for row in inbox(owner, unread="false")] == [three[1]]
    assert post(owner, f"{LIST}read-all/").json() == {"unread": 0}
    assert inbox(owner, unread="true") == []


def test_a_colleagues_notification_is_not_there(
    world: World, clerk: Person, stranger: Person, three: list[int]
) -> None:
    manager = person_of(world, "manager", "manager")
    for person in (clerk, manager, stranger):
        assert inbox(person) == []
        assert unread(person) == 0
        assert person.client().get(f"{LIST}{three[0]}/").status_code == 404
        assert post(person, f"{LIST}{three[0]}/read/").status_code == 404
        assert post(person, f"{LIST}read-all/").status_code == 200
    with tenant_context(world.alpha):
        assert Notification.objects.filter(read_at=None).count() == 3


def test_notifications_are_made_by_events_only(owner: Person, three: list[int]) -> None:
    assert post(owner, LIST, title="x").status_code == 405
    for method in ("put", "patch", "delete"):
        answer = getattr(owner.client(), method)(f"{LIST}{three[0]}/", {}, "application/json")
        assert answer.status_code == 405


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "1.5"])
def test_what_cannot_be_an_id_is_404(owner: Person, number: str) -> None:
    assert owner.client().get(f"{LIST}{number}/").status_code == 404


def test_a_token_without_the_ability_reads_no_inbox(
    world: World, owner: Person, three: list[int]
) -> None:
    narrow = narrowed(world, owner, "notifications.inbox.view")
    assert len(inbox(narrow)) == 3
    assert error(post(narrow, f"{LIST}read-all/"))[:2] == (403, "permission_denied")
    other = narrowed(world, owner, "radius.nas.view")
    assert other.client().get(LIST).status_code == 403


def test_every_built_in_role_has_its_own_inbox(world: World) -> None:
    for role in ("owner", "manager", "cashier", "technician", "viewer"):
        person = person_of(world, f"a-{role}", role)
        assert inbox(person) == []
        assert post(person, f"{LIST}read-all/").status_code == 200


def test_the_kinds_say_what_there_is_to_hear_of(owner: Person) -> None:
    found = {row["kind"]: row for row in owner.client().get(f"{LIST}kinds/").json()["results"]}
    assert found["nas.silent"] == {
        "kind": "nas.silent",
        "severity": "critical",
        "view": "radius.nas.view",
        "opens_task": True,
    }


def test_each_new_notification_and_each_reading_is_published_for_its_person_alone(
    world: World, owner: Person, three: list[int]
) -> None:
    made = events("notification.created")
    mine = id_of(world, owner)
    assert [(one["id"], one["user_id"], one["unread"]) for one in made] == [
        (three[0], mine, 1),
        (three[1], mine, 2),
        (three[2], mine, 3),
    ]
    post(owner, f"{LIST}read-all/")
    post(owner, f"{LIST}read-all/")
    assert events("notification.read") == [{"user_id": mine, "read": 3, "unread": 0}]


def test_old_ones_are_forgotten_with_what_went_out(world: World, owner: Person) -> None:
    silent(world, 1)
    silent(world, 2)
    with tenant_context(world.alpha):
        first = Notification.objects.order_by("pk").first()
        Notification.objects.filter(pk=first.pk).update(  # type: ignore[union-attr]
            created_at=timezone.now() - timedelta(days=91)
        )
        notifications_forget()
        assert Notification.objects.count() == 1


def test_a_support_session_has_no_inbox(world: World, three: list[int]) -> None:
    person = supporter(world)
    assert inbox(person) == []
    assert unread(person) == 0
    assert post(person, f"{LIST}read-all/").json() == {"unread": 0}
    assert post(person, f"{LIST}{three[0]}/read/").status_code == 404
