"""The tasks behind jobs and beat."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from wificore.kernel.db.context import PUBLIC
from wificore.kernel.tasks import for_each_tenant, platform_task, schema_task

from .recurring import CHUNK_TIME, recurring, work_through
from .running import execute
from .services import job_take

CHUNK_TIME_S = int(CHUNK_TIME.total_seconds())
GRACE_S = 60


@schema_task()
def run_job(created_at: str, number: int) -> None:
    """Do a job, unless it is done, or another worker has it."""
    job = job_take(created_at=datetime.fromisoformat(created_at), number=number)
    if job is not None:
        execute(job)


@platform_task()
def dispatch(name: str) -> None:
    """Ask for a recurring job's work of the current window, in every schema where it has some."""
    job = recurring(name)
    window = job.windows.start(datetime.now(UTC)).isoformat()
    options: dict[str, Any] = {"queue": job.queue, "expires": job.windows.pace.total_seconds()}
    if job.platform:
        work.send([[PUBLIC], name, window], **options)
    if job.tenants:
        for_each_tenant(work, name, window, chunk=job.chunk, **options)


@platform_task(soft_time_limit=CHUNK_TIME_S, time_limit=CHUNK_TIME_S + GRACE_S)
def work(schemas: Sequence[str], name: str, window: str) -> None:
    """A recurring job's work in a chunk of schemas."""
    work_through(recurring(name), datetime.fromisoformat(window), schemas)
