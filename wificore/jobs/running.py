"""A handler at work: its progress, its lease, and what becomes of what it returns or raises."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from threading import Event, Thread
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, connections
from structlog.contextvars import bound_contextvars

from wificore.kernel import logging
from wificore.kernel.actor import Actor, acting_as

from . import services
from .handlers import UnknownKind, handler_of
from .models import Job
from .selectors import job_public_id
from .services import JobFailed, LeaseLost

# Progress is for people: nobody sees more than a few steps a second.
PROGRESS_PAUSE_S = 0.25

log = logging.get(__name__)


class Ending(Protocol):
    """`job_give_up` or `job_try_again`."""

    def __call__(self, *, job: Job, error: str) -> None: ...


class JobRun:
    """One try of one job, as its handler sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.attempt: int = job.attempts
        self.completed = False
        self._shown_at = float("-inf")

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far it came; visible at once, whatever transaction is open. Call it freely.

        Raises:
            LeaseLost: another worker has the job; let it pass.
        """
        assert not self.completed, "no progress after complete(): the row is locked until commit"
        now = time.monotonic()
        if done != total and now - self._shown_at < PROGRESS_PAUSE_S:
            return
        services.job_progress(job=self.job, done=done, total=total, note=note)
        self._shown_at = now

    def heartbeat(self) -> None:
        """Make sure that the job is still ours, before something that cannot be taken back.

        Raises:
            LeaseLost: another worker has the job; let it pass.
        """
        services.job_renew(job=self.job)

    def complete(self, result: Mapping[str, Any] | None = None) -> None:
        """End the job in the handler's own transaction: work and job are done together, or not.

        Raises:
            LeaseLost: another worker has the job; let it pass, and the transaction rolls back.
        """
        services.job_complete(job=self.job, result=result)
        self.completed = True

    def fail(self, error: str, result: Mapping[str, Any] | None = None) -> None:
        """End the job as failed, for good and with a result, in the handler's own transaction.

        Raises:
            LeaseLost: another worker has the job; let it pass, and the transaction rolls back.
        """
        services.job_give_up(job=self.job, error=error, result=result)
        self.completed = True


def execute(job: Job) -> None:
    """Call the job's handler, and write down what came of it."""
    run, actor = JobRun(job), Actor("system", name=f"{job.kind} for {job.created_by}"[:120])
    with bound_contextvars(job=job_public_id(job), kind=job.kind), acting_as(actor):
        try:
            with _kept_alive(run):
                result = handler_of(job.kind).function(run)
                if not run.completed:
                    run.complete(result)
        except LeaseLost:
            log.warning("job left to another worker")
        except (JobFailed, UnknownKind) as error:
            log.warning("job failed", reason=str(error))
            _write_down(services.job_give_up, job, str(error))
        except Exception as error:
            log.exception("job interrupted", attempt=job.attempts)
            connection.close_if_unusable_or_obsolete()
            _write_down(services.job_try_again, job, f"{type(error).__name__}: {error}")


def _write_down(ending: Ending, job: Job, error: str) -> None:
    """Nothing is written when the handler had completed the job, or lost it, before it failed."""
    with suppress(LeaseLost):
        ending(job=job, error=error)


@contextmanager
def _kept_alive(run: JobRun) -> Iterator[None]:
    """Renew the lease from a thread, also while the handler waits for one long statement."""
    stop = Event()
    keeper = Thread(target=copy_context().run, args=(_keep, run, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(run: JobRun, stop: Event) -> None:
    while not stop.wait(settings.JOBS.heartbeat_s):
        try:
            run.heartbeat()
        except LeaseLost:
            break
        except Exception:  # the database may be back for the next beat
            log.exception("heartbeat failed")
            connections.close_all()
    connections.close_all()
