"""What beat does again and again: each (job, schema, window) once, by its claim.

    beat --every pace--> dispatch(job) --chunks of schemas--> work(job, window, schemas)
                                         each schema: claim, its own context, its own outcome

Asking again within a window costs one look at the claims and repeats what was lost: a message, a
worker in the middle, a tenant whose work raised. One bad tenant stops no other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.db import connection
from structlog.contextvars import bound_contextvars

from wificore.kernel import logging
from wificore.kernel.queues import DEFAULT_QUEUE
from wificore.kernel.tasks import CHUNK, entered

from .claims import claim, claim_close
from .windows import Windows

Work = Callable[[], "dict[str, Any] | None"]
# A chunk's time; then the tenant at work is given up, and the rest is asked for again.
CHUNK_TIME = timedelta(minutes=8)

log = logging.get(__name__)


@dataclass(frozen=True, slots=True)
class Recurring:
    """One line of `wificore/beat.py`.

    Attributes:
        work: called in each schema's context; what it returns is kept with the claim.
        tenants, platform: where it is called.
        claimed: False for what is harmless to do twice and too frequent to keep a row of.
    """

    name: str
    work: Work
    windows: Windows
    tenants: bool = True
    platform: bool = False
    queue: str = DEFAULT_QUEUE
    chunk: int = CHUNK
    claimed: bool = True


_recurring: dict[str, Recurring] = {}


def register(schedule: Sequence[Recurring]) -> None:
    """Make the schedule known to this process."""
    for one in schedule:
        known = _recurring.setdefault(one.name, one)
        if known != one:
            raise ValueError(f"two recurring jobs are called {one.name!r}")


def recurring(name: str) -> Recurring:
    return _recurring[name]


def work_through(job: Recurring, window: datetime, schemas: Sequence[str]) -> dict[str, str]:
    """The job's work in each schema; returns the errors by schema."""
    errors = {}
    for schema in schemas:
        try:
            with entered(schema), bound_contextvars(recurring=job.name):
                _work(job, window)
        except Ignore:
            continue  # no tenant any more
        except SoftTimeLimitExceeded:
            errors[schema] = "took too long"
            break
        except Exception as error:
            log.exception("recurring job failed", recurring=job.name, tenant=schema)
            connection.close_if_unusable_or_obsolete()
            errors[schema] = f"{type(error).__name__}: {error}"
    return errors


def _work(job: Recurring, window: datetime) -> None:
    if not job.claimed:
        job.work()
        return
    if not claim(job.name, window):
        return
    try:
        result = job.work()
    except Exception as error:
        claim_close(job.name, window, error=f"{type(error).__name__}: {error}")
        raise
    claim_close(job.name, window, result=result)
