"""Beat's night of partitions on a real worker: once per schema and window, also for suspended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from tests.conftest import World
from tests.worker import Worker, until
from wificore.jobs import partitioning
from wificore.jobs.models import Claim
from wificore.kernel.db.context import platform_context, tenant_context

LAST = f"radpostauth_p{datetime.now(UTC) + timedelta(days=7):%Y%m%d}"
WINDOW = partitioning.WINDOWS.start(datetime.now(UTC))


def exists(schema: str) -> bool:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.{LAST}"])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def lacking(world: World) -> Iterator[None]:
    """Both tenants lack their last partition."""
    with platform_context(), connections["owner"].cursor() as cursor:
        for schema in ("ts_alpha", "ts_beta"):
            cursor.execute(f'DROP TABLE "{schema}"."{LAST}"')
    yield
    partitioning.run_window(["ts_alpha", "ts_beta"], datetime.now(UTC))


def outcome(tenant: object) -> tuple[object, str] | None:
    with tenant_context(tenant):  # type: ignore[arg-type]
        done = Claim.objects.filter(job=partitioning.JOB, window=WINDOW, finished_at__isnull=False)
        return done.values_list("result", "error").first()


@pytest.mark.usefixtures("lacking")
def test_the_night_serves_every_tenant_and_writes_down_what_it_did(
    world: World, worker: Worker
) -> None:
    with platform_context():
        partitioning.ask_for_night()
    until(lambda: bool(outcome(world.alpha) and outcome(world.beta)), worker.text)
    assert exists("ts_alpha")
    assert exists("ts_beta")
    assert outcome(world.alpha) == ({"create": 1}, "")


@pytest.mark.usefixtures("lacking")
def test_a_window_that_is_done_is_not_done_again(world: World) -> None:
    with tenant_context(world.alpha):
        assert partitioning.claim(partitioning.JOB, WINDOW)
    partitioning.night(["ts_alpha", "ts_beta"], WINDOW.isoformat())
    assert not exists("ts_alpha")
    assert exists("ts_beta")


@pytest.mark.usefixtures("lacking")
def test_a_schema_that_cannot_be_claimed_stops_no_other(world: World) -> None:
    partitioning.night(["ts_nobody", "ts_beta"], WINDOW.isoformat())
    assert exists("ts_beta")


@pytest.mark.usefixtures("lacking")
def test_what_failed_is_written_down_and_tried_again(world: World) -> None:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE ts_alpha.{LAST} ()")
    partitioning.night(["ts_alpha"], WINDOW.isoformat())
    found = outcome(world.alpha)
    assert found is not None
    assert "already exists" in found[1]
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE ts_alpha.{LAST}")
    partitioning.night(["ts_alpha"], WINDOW.isoformat())
    assert outcome(world.alpha) == ({"create": 1}, "")


def test_no_schema_is_begun_after_the_chunks_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitioning, "CHUNK_TIME", timedelta(seconds=-1))
    partitioning.night(["ts_alpha"], WINDOW.isoformat())
    assert outcome(world.alpha) is None


def test_alarms_need_no_owners_login(world: World) -> None:
    with platform_context():
        assert partitioning.tell_alarms()["alarms"] == 0
