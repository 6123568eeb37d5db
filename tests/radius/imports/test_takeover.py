"""Real workers, killed in the middle: nothing half-done, and another one finishes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from radius.imports.services import KIND, import_start
from tests.conftest import World
from tests.jobs.conftest import ended, fresh
from tests.radius.imports.conftest import STAGED, TABLES, counts, many
from tests.worker import Worker, running_worker, until
from wificore.jobs import handlers, services
from wificore.jobs.models import Job, JobState
from wificore.jobs.selectors import jobs_overdue
from wificore.kernel.db.context import tenant_context

ROWS = 3_000
LEASE_S = "2"
STAGE_ONE = (
    "INSERT INTO ts_alpha.radius_import_row"
    " (batch_id, line, username, has_password, plan, name, phone, status)"
    " VALUES (%s, 2500, '', false, '', '', '', '')"
)


@pytest.fixture
def start(world: World, daily: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Job]:
    """`start()`: an import on a queue that only this test's workers serve."""
    apart = replace(handlers.handler_of(KIND), queue="apart")
    monkeypatch.setitem(handlers._handlers, KIND, apart)

    def job() -> Job:
        with tenant_context(world.alpha):
            return import_start(content=many(ROWS))

    return job


@pytest.fixture
def worker_apart(world: World, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    with ExitStack() as stack:
        numbers = iter(range(10))

        def begin() -> Worker:
            log = tmp_path / f"worker{next(numbers)}.log"
            options = ("-Q", "apart", "-c", "1", "--without-mingle", "--without-gossip")
            return stack.enter_context(running_worker(log, *options, JOB_LEASE_S=LEASE_S))

        yield begin


@contextmanager
def held(sql: str, *params: Any) -> Iterator[None]:
    """A transaction of the owner's that stops the worker at a certain place."""
    owner = connections["owner"].copy("owner")
    try:
        with owner.cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(sql, params)
            yield
            cursor.execute("ROLLBACK")
    finally:
        owner.close()


def waits(world: World) -> bool:
    """A worker waits for a lock of ours."""
    with tenant_context(world.alpha), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN"
            " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def finished_by_another(world: World, job: Job, heir: Callable[[], Worker]) -> Job:
    with tenant_context(world.alpha):
        until(jobs_overdue, lambda: "no lease has ended")
        services.overdue_rescue()
    heir()
    return ended(job, world.alpha)


def test_killed_while_staging(
    world: World, start: Callable[[], Job], worker_apart: Callable[[], Worker]
) -> None:
    job = start()
    # Another transaction has the row of one line: the chunk with it waits for that to end.
    with tenant_context(world.alpha), held(STAGE_ONE, job.params["import"]):
        doomed = worker_apart()
        until(lambda: waits(world) and fresh(job, world.alpha).done >= 1_000, doomed.text)
        doomed.kill()
        assert 0 < counts(world.alpha, "radius_import_row")[0] < ROWS
        assert counts(world.alpha, *TABLES[:4]) == [0] * 4
    job = finished_by_another(world, job, worker_apart)
    assert (job.state, job.attempts, job.result["created"]) == (JobState.DONE, 2, ROWS)
    assert counts(world.alpha, *TABLES[:4], *STAGED) == [ROWS] * 4 + [0, 0]


@pytest.mark.parametrize(
    ("place", "left"), [("audit_entry", 0), ("radcompiled", ROWS)], ids=["publishing", "compiling"]
)
def test_killed_after_staging(
    world: World,
    start: Callable[[], Job],
    worker_apart: Callable[[], Worker],
    place: str,
    left: int,
) -> None:
    """Before the commit nothing is there; after it everything, and the rest is made up for."""
    job = start()
    with (
        tenant_context(world.alpha),
        held(f"LOCK TABLE ts_alpha.{place} IN SHARE ROW EXCLUSIVE MODE"),
    ):
        doomed = worker_apart()
        until(lambda: waits(world), doomed.text)
        doomed.kill()
        assert counts(world.alpha, *TABLES[:3]) == [left] * 3
    job = finished_by_another(world, job, worker_apart)
    assert (job.state, job.attempts, job.result["created"]) == (JobState.DONE, 2, ROWS)
    assert counts(world.alpha, *TABLES[:4], *STAGED) == [ROWS] * 4 + [0, 0]
