"""Writes: start a job, and every step of its life. Each step is one conditional UPDATE.

    queued --take--> running --complete--> done
       ^                |  |---give up---> failed     (JobFailed, or no attempts left)
       |---try again----|                             (an exception, or the worker died)

A try is named by `run`, a random text. A worker that lost its lease finds another `run` in the
row, so that nothing it writes afterwards changes anything.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from wificore.kernel import tasks
from wificore.kernel.actor import current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce
from wificore.kernel.events import publish

from .handlers import handler_of
from .models import (
    CREATED_BY_CHARS,
    ERROR_CHARS,
    NOTE_CHARS,
    PARAMS_BYTES,
    RESULT_BYTES,
    Job,
    JobState,
    params_fit,
    result_fits,
)
from .selectors import job_public_id, job_rows, jobs_overdue

RUN_TASK = "wificore.jobs.tasks.run_job"
# A second connection to the same database, which no handler's transaction is open on.
PROGRESS_ALIAS = "progress"
# A queued job that nobody took in this time is sent again: its message may be lost.
PATIENCE = timedelta(minutes=2)
# The pause before the next try doubles: 2, 4, 8 .. seconds.
BACKOFF_S = 2
WORKER_DIED = "The worker died."


class JobInvalid(DomainError):
    """A job cannot be started like this."""

    code = "validation_error"


class JobFailed(Exception):
    """A handler's last word: the message is for people, and there is no other try."""


class LeaseLost(RuntimeError):
    """Another worker has this job now: stop, and write nothing."""


def job_start(*, kind: str, params: Mapping[str, Any] | None = None, created_by: str = "") -> Job:
    """A queued job; its message leaves when the caller's transaction commits.

    Args:
        params: small, JSON and not secret; files and long lists go by their key in a store.
        created_by: whom people see as its author; default: the current actor.

    Raises:
        UnknownKind: no handler is registered.
        JobInvalid: the parameters are too large.
    """
    handler, content = handler_of(kind), dict(params or {})
    if not params_fit(content):
        raise JobInvalid(f"A job's parameters are at most {PARAMS_BYTES} bytes.", field="params")
    with transaction.atomic():
        job = Job.objects.create(
            created_at=timezone.now(),
            kind=kind,
            queue=handler.queue,
            params=content,
            created_by=(created_by or current_actor().label)[:CREATED_BY_CHARS],
            max_attempts=handler.max_attempts,
            lease_until=timezone.now() + PATIENCE,
        )
        announce("job.started", job_public_id(job), new={"kind": kind})
        _send(job)
    return job


def job_take(*, created_at: datetime, number: int) -> Job | None:
    """Make this process the one that does the job; None if it is done, or another's."""
    rows = job_rows(created_at, number)
    taken = rows.filter(state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        run=secrets.token_hex(16),
        attempts=F("attempts") + 1,
        started_at=Now(),
        lease_until=_lease(),
    )
    return rows.get() if taken else None


def job_renew(*, job: Job) -> None:
    """Say that the job's worker lives.

    Raises:
        LeaseLost: it took too long to say so.
    """
    _write(_mine(job), lease_until=_lease())


def job_progress(*, job: Job, done: int, total: int | None, note: str) -> None:
    """Show how far it came at once, on a connection beside the handler's open transaction.

    Raises:
        LeaseLost: another worker has the job.
    """
    rows = _mine(job, using=PROGRESS_ALIAS)
    _write(rows, done=done, total=total, note=note[:NOTE_CHARS], lease_until=_lease())


def job_complete(*, job: Job, result: Mapping[str, Any] | None) -> None:
    """The job is done; called in a handler's transaction, if and only if that commits.

    Raises:
        LeaseLost: another worker has the job; the caller's transaction must not commit.
        JobFailed: the result is too large.
    """
    content = dict(result or {})
    if not result_fits(content):
        raise JobFailed(f"The result is larger than {RESULT_BYTES} bytes.")
    _finish(job, JobState.DONE, result=content, error="")


def job_give_up(*, job: Job, error: str, result: Mapping[str, Any] | None = None) -> None:
    """The job has failed for good.

    Args:
        result: what a program can use of the failure: which lines of a file were wrong.
    """
    values = {} if result is None else {"result": dict(result)}
    _finish(job, JobState.FAILED, error=error[:ERROR_CHARS], **values)


def job_try_again(*, job: Job, error: str) -> None:
    """This try failed; the next one follows after a pause, unless it was the last."""
    if job.attempts >= job.max_attempts:
        job_give_up(job=job, error=error)
        return
    with transaction.atomic():
        again = {"state": JobState.QUEUED, "run": "", "lease_until": Now() + PATIENCE}
        _write(_mine(job), **again, error=error[:ERROR_CHARS])
        _send(job, countdown=BACKOFF_S**job.attempts)


def job_rescue(*, job: Job) -> bool:
    """Bring an overdue job back to work; False if it was not overdue any more."""
    try:
        with transaction.atomic():
            _write(_mine(job).filter(lease_until__lt=Now()), lease_until=Now() + PATIENCE)
            if job.state == JobState.RUNNING:
                job_try_again(job=job, error=WORKER_DIED)
            else:
                _send(job)
    except LeaseLost:
        return False
    return True


def overdue_rescue() -> None:
    """Bring all overdue jobs of the current schema back to work (beat, twice a minute)."""
    for job in jobs_overdue():
        job_rescue(job=job)


def _finish(job: Job, state: JobState, **values: Any) -> None:
    told = {
        "id": job_public_id(job),
        "kind": job.kind,
        "state": state,
        "created_by": job.created_by,
    }
    with transaction.atomic():
        _write(_mine(job), state=state, finished_at=Now(), **values)
        publish("job.finished", told, subject=str(told["id"]))


def _mine(job: Job, *, using: str = "default") -> QuerySet[Job]:
    """The job's row, as long as it is still in this try."""
    return job_rows(job.created_at, job.pk, using=using).filter(state=job.state, run=job.run)


def _write(rows: QuerySet[Job], **values: Any) -> None:
    if rows.update(**values) == 0:
        raise LeaseLost("another worker has this job")


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.JOBS.lease_s)


def _send(job: Job, *, countdown: float = 0) -> None:
    key = [job.created_at.isoformat(), job.pk]
    tasks.named(RUN_TASK).send(key, queue=job.queue, countdown=countdown)
