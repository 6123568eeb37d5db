"""Routers that stop talking are told once, and once more when they are back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from radius.models import NasState
from radius.services import nas_create, nas_delete, nas_update
from radius.services.watching import routers_watch
from tests.access.people import get
from tests.conftest import Person, World
from tests.notifications.incidents import events, names
from tests.notifications.incidents import happened as hear_of
from wificore.kernel.db.context import platform_context, tenant_context

ADDRESS = "192.0.2.77"
MINUTE = timedelta(minutes=1)
TIME = "%Y-%m-%dT%H:%M:%SZ"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def router(world: World) -> Any:
    with tenant_context(world.alpha):
        yield nas_create(address=ADDRESS, secret="secret", name="tower-7")


def applied(at: datetime | None) -> None:
    """The ingester has applied all that came up to this moment."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM public.spool_state")
        if at is not None:
            cursor.execute(
                "INSERT INTO public.spool_state (spool, watermark) VALUES"
                " ('acct', %s), ('auth', %s)",
                [at, at + MINUTE],
            )


def session(world: World, updated: datetime, ended: str = "", number: int = 1) -> None:
    """A session at the router with its last news; ended: by which cause."""
    with tenant_context(world.alpha), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO radacct_open (radacctid, acctsessionid, acctuniqueid, username,"
            " nasipaddress, acctstarttime, acctupdatetime, acctstoptime, acctterminatecause)"
            " VALUES (%s, 's', %s, 'amina', %s, %s, %s, %s, %s)"
            " ON CONFLICT (acctuniqueid) DO UPDATE SET acctupdatetime = excluded.acctupdatetime,"
            " acctstoptime = excluded.acctstoptime,"
            " acctterminatecause = excluded.acctterminatecause",
            [
                number,
                f"{number:032}",
                ADDRESS,
                updated - MINUTE,
                updated,
                updated if ended else None,
                ended or None,
            ],
        )


def login(world: World, at: datetime, number: int = 1) -> None:
    with tenant_context(world.alpha), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO radpostauth (id, username, reply, authdate, nasipaddress)"
            " VALUES (%s, 'amina', 'Access-Accept', %s, %s)",
            [number, at, ADDRESS],
        )


def watch(world: World, at: datetime | None) -> None:
    applied(at)
    with tenant_context(world.alpha):
        routers_watch()


def told() -> list[str]:
    return ["silent"] * len(events("nas.silent")) + ["seen"] * len(events("nas.seen"))


def test_a_router_whose_sessions_owe_news_falls_silent_once_and_comes_back_once(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - timedelta(hours=3)
    session(world, begin)
    watch(world, begin + 14 * MINUTE)
    assert told() == []
    for minutes in (16, 17, 18):
        watch(world, begin + minutes * MINUTE)
    assert told() == ["silent"]
    assert events("nas.silent")[0] == {
        "id": router.pk,
        "name": "tower-7",
        "address": ADDRESS,
        "site": None,
        "last_seen_at": begin.strftime(TIME),
    }
    session(world, begin + 40 * MINUTE)
    for minutes in (41, 42):
        watch(world, begin + minutes * MINUTE)
    assert told() == ["silent", "seen"]
    back = events("nas.seen")[0]
    assert (back["silent_since"], back["silent_minutes"]) == (begin.strftime(TIME), 40)


def test_a_session_that_was_closed_for_want_of_news_still_owes_them(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - timedelta(hours=1)
    session(world, begin, ended="Stale-Session")
    watch(world, begin + 14 * MINUTE)
    watch(world, begin + 16 * MINUTE)
    assert told() == ["silent"]


def test_a_router_with_nobody_online_is_given_a_day(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - timedelta(hours=30)
    session(world, begin, ended="User-Request")
    watch(world, begin + 5 * MINUTE)
    watch(world, begin + timedelta(hours=23))
    assert told() == []
    watch(world, begin + timedelta(hours=25))
    assert told() == ["silent"]


def test_a_login_is_a_sign_of_life(world: World, router: Any, now: datetime) -> None:
    begin = now - 20 * MINUTE
    session(world, begin)
    watch(world, begin + 5 * MINUTE)
    login(world, now)  # not earlier: there may be no partition for yesterday
    watch(world, now)
    assert told() == []


def test_a_router_that_was_never_heard_is_not_silent(
    world: World, router: Any, now: datetime
) -> None:
    watch(world, now - timedelta(days=2))
    watch(world, now)
    assert told() == []


@pytest.mark.parametrize("minutes", [16, 60, 600])
def test_an_ingester_that_stands_still_makes_no_router_silent(
    world: World, router: Any, now: datetime, minutes: int
) -> None:
    """However late it is by the clock: the packets may lie in the spool."""
    begin = now - minutes * MINUTE
    session(world, begin)
    watch(world, begin + MINUTE)
    watch(world, begin + MINUTE)
    assert told() == []


def test_a_tenant_whose_records_wait_has_no_silent_routers(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - timedelta(hours=1)
    session(world, begin)
    watch(world, begin + MINUTE)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.spool_held (spool, tenant, watermark, records, error)"
            " VALUES ('acct', 'ts_alpha', %s, 1, 'x')",
            [begin],
        )
    watch(world, begin + 30 * MINUTE)
    assert told() == []


def test_nothing_was_ever_applied(world: World, router: Any, now: datetime) -> None:
    session(world, now - timedelta(hours=1))
    watch(world, None)
    assert told() == []
    with tenant_context(world.alpha):
        assert not NasState.objects.exists()


def test_a_router_that_is_switched_off_or_removed_is_forgotten_without_a_word(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - timedelta(hours=1)
    session(world, begin)
    watch(world, begin + MINUTE)
    nas_update(nas=router, enabled=False)
    watch(world, begin + 30 * MINUTE)
    assert told() == []
    with tenant_context(world.alpha):
        assert not NasState.objects.exists()
    nas_delete(nas=router)
    watch(world, begin + 40 * MINUTE)


def test_a_clock_that_is_ahead_hides_no_silence(world: World, router: Any, now: datetime) -> None:
    begin = now - timedelta(hours=2)
    session(world, begin + 50 * MINUTE)
    watch(world, begin)
    watch(world, begin + 70 * MINUTE)
    assert told() == ["silent"]


def test_the_routers_page_says_when_it_was_heard(
    world: World, owner: Person, router: Any, now: datetime
) -> None:
    url = "/api/v1/radius/nas/"
    [shown] = get(owner, url).json()["results"]
    assert (shown["last_seen_at"], shown["silent_since"]) == (None, None)
    begin = now - timedelta(hours=1)
    session(world, begin)
    watch(world, begin + MINUTE)
    watch(world, begin + 20 * MINUTE)
    [shown] = get(owner, url).json()["results"]
    expected = begin.strftime(TIME)
    assert (shown["last_seen_at"], shown["silent_since"]) == (expected, expected)


def test_another_tenants_packets_say_nothing_of_this_ones_routers(
    world: World, router: Any, now: datetime
) -> None:
    begin = now - 20 * MINUTE
    session(world, begin)
    watch(world, begin + MINUTE)
    with tenant_context(world.beta), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO radpostauth (id, username, reply, authdate, nasipaddress)"
            " VALUES (1, 'x', 'Access-Accept', %s, %s)",
            [now, ADDRESS],
        )
    watch(world, now)
    assert told() == ["silent"]
    with tenant_context(world.beta):
        routers_watch()
        assert not NasState.objects.exists()


def test_the_owner_hears_of_it(world: World, router: Any, now: datetime) -> None:
    begin = now - timedelta(hours=1)
    session(world, begin)
    watch(world, begin + MINUTE)
    watch(world, begin + 20 * MINUTE)
    hear_of(world, 1, "nas.silent", **events("nas.silent")[0])
    assert names(world) == ["owner"]
