"""The demo's past: believable, of its own tenant only, and nothing of it where truth is kept."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from radius.models import Login, Session, Subscriber
from radius.services import nas_create, plan_create
from tests.conftest import World
from wificore.audit.models import AuditEntry
from wificore.demo import customers, history
from wificore.demo.news import tell
from wificore.demo.people import PLANS, DemoTenant
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.db.partitions import planned
from wificore.notifications.models import Notification

DEMO = DemoTenant("alpha", "Alpha WiFi", "127.0.9", "600000")
DAYS = 5
MADE = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'ts_alpha'::regnamespace"
    " AND relispartition AND relkind = 'r'"
)


def partitions() -> set[str]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(MADE)
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def names(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Alpha's customers, fewer than the demo has, and their past days."""
    monkeypatch.setattr(customers, "COUNT", 24)
    before = partitions()
    with tenant_context(world.alpha):
        for plan in PLANS:
            plan_create(**plan)
        for address in DEMO.routers:
            nas_create(address=address, secret="a-long-secret", name=f"tower {address}")
        found = customers.settle(DEMO)
        Subscriber.objects.update(created_at=datetime.now(UTC) - timedelta(days=80))
        history.remember(DEMO, found, days=DAYS)
    yield found
    with platform_context(), connections["owner"].cursor() as cursor:
        for name in sorted(partitions() - before):
            cursor.execute(f'DROP TABLE ts_alpha."{name}"')


def test_simulated_customers_have_names_before_the_simulator_starts(world: World) -> None:
    with tenant_context(world.alpha):
        for address in DEMO.routers:
            nas_create(address=address, secret="a-long-secret", name=f"tower {address}")
        customers.name_simulated(DEMO)
        customers.name_simulated(DEMO)
        found = list(Subscriber.objects.all())
    assert {row.username[:4] for row in found} == {"sim-"}
    assert all(row.name and row.phone.startswith("+254") for row in found)
    assert all(row.created_at < datetime.now(UTC) - timedelta(days=2) for row in found)


def sessions() -> list[Session]:
    return list(Session.objects.order_by("username", "acctstarttime"))


def test_sessions_lie_in_the_past_one_after_the_other(world: World, names: list[str]) -> None:
    now = datetime.now(UTC)
    with tenant_context(world.alpha):
        found = sessions()
        usernames = {row.username for row in found}
    assert len(found) > DAYS * len(names) // 4
    assert usernames <= set(names)
    for one, after in itertools.pairwise(found):
        assert one.acctstoptime is not None
        assert now - timedelta(days=DAYS) <= one.acctstoptime < now - history.UNTIL
        assert one.acctsessiontime == int((one.acctstoptime - one.acctstarttime).total_seconds())
        assert 0 < one.acctinputoctets < one.acctoutputoctets
        if one.username == after.username:
            assert one.acctstoptime < after.acctstarttime
    assert {row.nasipaddress for row in found} <= set(DEMO.routers)


def test_each_session_was_let_in_and_some_tries_were_not(world: World, names: list[str]) -> None:
    with tenant_context(world.alpha):
        replies = list(Login.objects.values_list("reply", flat=True))
        assert replies.count("Access-Accept") <= len(sessions())
        assert 0 < replies.count("Access-Reject") < len(replies) / 3
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(sessions), sum(octets_out) FROM usage_daily")
            used = cursor.fetchone()
        assert used == (len(sessions()), sum(row.acctoutputoctets for row in sessions()))


def test_running_it_again_adds_nothing_on_the_same_day(world: World, names: list[str]) -> None:
    with tenant_context(world.alpha):
        before = (len(sessions()), Login.objects.count(), Subscriber.objects.count())
        assert customers.settle(DEMO) == names
        history.remember(DEMO, names, days=DAYS)
        assert (len(sessions()), Login.objects.count(), Subscriber.objects.count()) == before


def test_it_uses_the_partitions_that_retention_keeps(world: World, names: list[str]) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert f"radacct_p{datetime.now(UTC) - timedelta(days=DAYS - 1):%Y%m%d}" in partitions()
    assert [a for a in planned(["ts_alpha"], tomorrow) if "create" not in str(a)] == []


def test_the_trail_and_the_events_know_only_what_happened(world: World, names: list[str]) -> None:
    """Customers were made just now, by the service; sessions and logins were not there."""
    with tenant_context(world.alpha):
        tell(DEMO)
        actions = set(AuditEntry.objects.values_list("action", flat=True))
        oldest = AuditEntry.objects.earliest("at").at
    assert actions == {"plan.created", "nas.created", "subscriber.created"}
    assert datetime.now(UTC) - oldest < timedelta(hours=1)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT type FROM events_outbox")
        assert {kind for (kind,) in cursor.fetchall()} == actions


def test_other_tenants_have_none_of_it(world: World, names: list[str]) -> None:
    with tenant_context(world.beta):
        assert sessions() == []
        assert not Login.objects.exists()
        assert not Subscriber.objects.exists()
        assert not Notification.objects.exists()


def test_people_were_told_in_their_words_once(world: World, names: list[str]) -> None:
    owner = DemoTenant("alpha", "Alpha WiFi", "127.0.9", "600000")
    with tenant_context(world.alpha):
        tell(owner)
        tell(owner)
        told = list(Notification.objects.order_by("created_at"))
    kinds: dict[str, Any] = {row.event_type: row.title for row in told}
    assert set(kinds) == {"nas.silent", "nas.seen"}
    assert all("tower" in row.title for row in told)
    assert len({row.event_id for row in told}) == len(told)
    assert told[0].read_at is not None
