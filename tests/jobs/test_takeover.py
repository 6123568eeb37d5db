"""Workers that die, freeze or never get the message: another finishes, and nothing is doubled."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World
from tests.jobs.conftest import Start, ended, fresh, make_overdue
from tests.worker import Worker, go, new_key, reports, running_worker, until
from wificore.jobs import services
from wificore.jobs.models import Claim, JobState
from wificore.jobs.selectors import jobs_overdue
from wificore.kernel.db.context import tenant_context

LEASE_S = 2

StartWorker = Callable[..., Worker]


@pytest.fixture
def worker_with(world: World, tmp_path: Path) -> Iterator[StartWorker]:
    """`worker_with(lease_s)`: a worker of the queue `apart` with a shortened lease."""
    with ExitStack() as stack:
        numbers = iter(range(10))

        def begin(lease_s: int = LEASE_S, queues: str = "apart") -> Worker:
            log = tmp_path / f"worker{next(numbers)}.log"
            arguments = ("-Q", queues, "-c", "1", "--without-mingle", "--without-gossip")
            return stack.enter_context(running_worker(log, *arguments, JOB_LEASE_S=str(lease_s)))

        yield begin


def rescue(tenant: Any) -> None:
    """What beat does twice a minute, as soon as there is something to do."""
    with tenant_context(tenant):
        until(jobs_overdue, lambda: "no lease has ended")
        services.overdue_rescue()


def marks(tenant: Any) -> list[str]:
    """What handlers' transactions have committed."""
    with tenant_context(tenant):
        rows = Claim.objects.filter(job__startswith="tests:")
        return list(rows.values_list("job", flat=True))


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_finishes(
    world: World, start: Start, worker_with: StartWorker
) -> None:
    key, doomed = new_key(), worker_with()
    job = start(world.alpha, "tests.steps_apart", key=key)
    reports(key, 1, doomed)
    doomed.kill()
    until(lambda: marks(world.alpha) == [])
    heir = worker_with()
    rescue(world.alpha)
    reports(key, 2, heir)
    go(f"{key}:2")
    job = ended(job, world.alpha)
    assert (job.state, job.attempts, job.result) == (JobState.DONE, 2, {"attempt": 2})
    assert marks(world.alpha) == [f"{key}:2"]


def test_a_killed_pool_process_is_replaced_and_its_job_done(
    world: World, start: Start, worker_with: StartWorker
) -> None:
    key, worker = new_key(), worker_with()
    job = start(world.alpha, "tests.steps_apart", key=key)
    os.kill(reports(key, 1, worker)[0]["pid"], signal.SIGKILL)
    rescue(world.alpha)
    reports(key, 2, worker)
    go(f"{key}:2")
    assert ended(job, world.alpha).result == {"attempt": 2}
    assert marks(world.alpha) == [f"{key}:2"]


def test_a_worker_that_was_frozen_wakes_up_and_can_do_no_harm(
    world: World, start: Start, worker_with: StartWorker
) -> None:
    key, sleeper, heir = new_key(), worker_with(), None
    job = start(world.alpha, "tests.steps_apart", key=key)
    reports(key, 1, sleeper)
    for pid in sleeper.pids():
        os.kill(pid, signal.SIGSTOP)
    heir = worker_with()
    rescue(world.alpha)
    reports(key, 2, heir)
    go(f"{key}:2")
    assert ended(job, world.alpha).result == {"attempt": 2}
    for pid in sleeper.pids():
        os.kill(pid, signal.SIGCONT)
    go(f"{key}:1")
    until(lambda: "job left to another worker" in sleeper.text(), sleeper.text)
    assert fresh(job, world.alpha).result == {"attempt": 2}
    assert marks(world.alpha) == [f"{key}:2"]


def test_one_statement_longer_than_the_lease_does_not_lose_it(
    world: World, start: Start, worker_with: StartWorker
) -> None:
    key, worker = new_key(), worker_with(lease_s=2)
    job = start(world.alpha, "tests.slow_statement", key=key, seconds=6)
    reports(key, 1, worker)
    while fresh(job, world.alpha).state == JobState.RUNNING:
        with tenant_context(world.alpha):
            services.overdue_rescue()
        time.sleep(0.2)
    assert ended(job, world.alpha).result == {"attempt": 1}


def test_a_worker_that_is_asked_to_stop_finishes_the_job_at_hand(
    world: World, start: Start, worker_with: StartWorker
) -> None:
    key, worker = new_key(), worker_with()
    job = start(world.alpha, "tests.steps_apart", key=key)
    reports(key, 1, worker)
    worker.process.terminate()
    until(lambda: "shutdown" in worker.text().lower(), worker.text)
    go(f"{key}:1")
    assert worker.process.wait(60) == 0
    assert ended(job, world.alpha).result == {"attempt": 1}


def test_beat_brings_the_job_of_a_dead_worker_back_all_by_itself(
    world: World, start: Start, worker_with: StartWorker, beat: Callable[[], Worker]
) -> None:
    key, doomed = new_key(), worker_with()
    job = start(world.alpha, "tests.steps_apart", key=key)
    reports(key, 1, doomed)
    doomed.kill()
    with tenant_context(world.alpha):
        until(jobs_overdue)
    heir = worker_with(queues="apart,default")
    beat()
    reports(key, 2, heir)
    go(f"{key}:2")
    assert ended(job, world.alpha).state == JobState.DONE


def test_a_job_whose_workers_keep_dying_fails_after_its_last_try(
    world: World, start: Start
) -> None:
    job = start(world.alpha, "tests.steps_apart", key="")
    for attempt in (1, 2):
        with tenant_context(world.alpha):
            taken = services.job_take(created_at=job.created_at, number=job.pk)
            assert taken is not None
            assert taken.attempts == attempt
            make_overdue(job)
            services.overdue_rescue()
    job = fresh(job, world.alpha)
    assert (job.state, job.error) == (JobState.FAILED, "The worker died.")


def test_a_job_whose_message_was_lost_is_sent_again(
    world: World, worker: Worker, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    with monkeypatch.context() as patch:
        patch.setattr(services, "_send", lambda *_a, **_k: None)
        job = start(world.alpha, "tests.echo", key=key, text="late")
    with tenant_context(world.alpha):
        services.overdue_rescue()
        assert fresh(job, world.alpha).state == JobState.QUEUED
        make_overdue(job)
        services.overdue_rescue()
        services.overdue_rescue()
    assert ended(job, world.alpha).result == {"echo": "late"}
