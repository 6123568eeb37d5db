"""What is wrong is told once, and once more when it is right again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from tests.access.people import department, person_of, site
from tests.conftest import World
from tests.notifications.incidents import events, happened, names, route
from wificore.jobs import partitioning
from wificore.jobs.alarms import alarms_compare
from wificore.jobs.events import PARTITIONS, PARTITIONS_OVER
from wificore.jobs.models import Alarm
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.notifications.models import Task

TOMORROW = datetime.now(UTC) + timedelta(days=1)
PARTITION = f"radpostauth_p{TOMORROW:%Y%m%d}"
WRONG = {"overdue": {"tables": ["radacct"], "text": "one should be gone"}}


def compare(world: World, found: dict[str, dict[str, Any]]) -> int:
    with tenant_context(world.alpha):
        return alarms_compare(PARTITIONS, PARTITIONS_OVER, found)


@pytest.fixture
def lacking(world: World) -> Iterator[None]:
    """Alpha has no room for tomorrow's logins."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE ts_alpha.{PARTITION}")
    yield
    partitioning.run_window(["ts_alpha"], datetime.now(UTC))


def tell() -> None:
    with platform_context():
        partitioning.tell_alarms()


def test_an_alarm_is_told_when_it_begins_and_when_it_is_over(world: World) -> None:
    assert [compare(world, found) for found in (WRONG, WRONG, {}, {}, WRONG)] == [1, 0, 1, 0, 1]
    began, again = events(PARTITIONS)
    assert {key: began[key] for key in ("id", "tables", "text")} == {
        "id": "overdue",
        **WRONG["overdue"],
    }
    (over,) = events(PARTITIONS_OVER)
    assert (over["id"], over["since"], over["minutes"]) == ("overdue", began["since"], 0)
    assert again["since"] > began["since"]
    assert compare(world, {}) == 1


def test_an_alarm_says_since_when_if_that_is_known(world: World) -> None:
    since = datetime.now(UTC) - timedelta(minutes=30)
    compare(world, {"overdue": {"since": since, "tables": [], "text": ""}})
    compare(world, {})
    assert datetime.fromisoformat(events(PARTITIONS)[0]["since"]) - since < timedelta(seconds=1)
    assert events(PARTITIONS_OVER)[0]["minutes"] == 30


def test_what_is_not_committed_is_told_by_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_event: object, **_more: object) -> None:
        raise RuntimeError("the outbox is away")

    with monkeypatch.context() as patch:
        patch.setattr("wificore.jobs.alarms.publish", fail)
        with pytest.raises(RuntimeError):
            compare(world, WRONG)
    assert compare(world, WRONG) == 1
    assert compare(world, {}) == 1


def test_two_tenants_alarms_of_the_same_name_are_two(world: World) -> None:
    compare(world, WRONG)
    with tenant_context(world.beta):
        assert not Alarm.objects.exists()
        assert alarms_compare(PARTITIONS, PARTITIONS_OVER, {}) == 0
    assert compare(world, {}) == 1


@pytest.mark.usefixtures("lacking")
def test_a_tenant_without_room_for_tomorrow_hears_of_it_and_no_other_does(world: World) -> None:
    tell()
    tell()
    (told,) = events(PARTITIONS)
    assert (told["id"], told["tables"]) == ("no_partition", ["radpostauth"])
    assert told["text"] == f"ts_alpha.radpostauth has no partition for {TOMORROW:%Y-%m-%d}"
    with tenant_context(world.beta):
        assert not Alarm.objects.exists()
    partitioning.run_window(["ts_alpha"], datetime.now(UTC))
    tell()
    tell()
    assert [event["id"] for event in events(PARTITIONS_OVER)] == ["no_partition"]


@pytest.mark.usefixtures("lacking")
def test_a_tenant_that_cannot_be_told_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        partitioning, "all_schemas", lambda _using: ["public", "ts_nobody", "ts_alpha"]
    )
    tell()
    assert len(events(PARTITIONS)) == 1
    partitioning.run_window(["ts_alpha"], datetime.now(UTC))
    tell()


def test_the_technical_department_is_told_and_has_the_work(world: World) -> None:
    here = site(world, "Hilltop")
    technical, sales = department(world, "Network", here), department(world, "Shop", here)
    person_of(world, "tech", "technician", primary_department=technical)
    # Being in the department gives no right.
    person_of(world, "cashier", "cashier", primary_department=technical)
    person_of(world, "other", "technician", primary_department=sales)
    route(world, "alert.*", technical)
    sample = {"id": "no_partition", "since": "2026-11-21T06:12:00Z", "tables": ["radacct"]}
    happened(world, 1, PARTITIONS, **sample, text="no room")
    assert names(world) == ["tech"]
    with tenant_context(world.alpha):
        (task,) = Task.objects.filter(kind=PARTITIONS)
        assert (task.subject, task.state) == ("no_partition", "open")
    happened(world, 2, PARTITIONS_OVER, id="no_partition", since=sample["since"], minutes=9)
    with tenant_context(world.alpha):
        assert Task.objects.get(pk=task.pk).state == "done"
