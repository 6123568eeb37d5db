"""Records that wait because a tenant's schema cannot take them: its people are told, no others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from radius.events import HELD, HELD_OVER
from radius.services.holding import held_watch
from tests.conftest import World
from tests.notifications.incidents import events, happened, inbox
from wificore.kernel.db.context import platform_context, tenant_context

TIME = "%Y-%m-%dT%H:%M:%SZ"


def hold(minutes: int, records: int = 7, spool: str = "acct") -> datetime:
    """Alpha's records wait in a spool for so long."""
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.spool_held (spool, tenant, since, watermark, records, error)"
            " VALUES (%s, 'ts_alpha', %s, %s, %s, 'duplicate key (amina, secret)')"
            " ON CONFLICT (spool, tenant) DO UPDATE SET records = excluded.records",
            [spool, since, since, records],
        )
    return since


def release() -> None:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM public.spool_held")


@pytest.fixture(autouse=True)
def _nothing_held(world: World) -> Iterator[None]:
    yield
    release()


def watch(world: World) -> None:
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            held_watch()


def test_records_that_wait_are_told_once_and_once_more_when_they_are_applied(world: World) -> None:
    watch(world)
    since = hold(5)
    watch(world)
    hold(5, records=900)
    watch(world)
    assert events(HELD) == [{"id": "acct", "since": since.strftime(TIME), "records": 7}]
    assert events(HELD_OVER) == []
    release()
    watch(world)
    watch(world)
    (over,) = events(HELD_OVER)
    assert (over["id"], over["since"]) == ("acct", since.strftime(TIME))
    assert over["minutes"] >= 5
    assert len(events(HELD)) == 1


def test_a_lock_of_some_seconds_is_no_alarm(world: World) -> None:
    hold(1)
    watch(world)
    release()
    watch(world)
    assert (events(HELD), events(HELD_OVER)) == ([], [])


def test_each_spool_is_an_alarm_of_its_own(world: World) -> None:
    hold(5)
    hold(5, spool="auth")
    watch(world)
    assert [event["id"] for event in events(HELD)] == ["acct", "auth"]
    release()
    watch(world)
    assert [event["id"] for event in events(HELD_OVER)] == ["acct", "auth"]


def test_people_read_what_waits_and_nothing_of_what_the_database_said(world: World) -> None:
    hold(5)
    watch(world)
    (event,) = events(HELD)
    happened(world, 1, HELD, **event)
    (row,) = inbox(world.people["owner"])
    assert row["title"].startswith("Sessions are not recorded since")
    assert "7 records wait" in row["text"]
    assert "amina" not in str(row) + str(event)
    assert inbox(world.people["stranger"]) == []
    release()
    watch(world)
