"""What tests of jobs share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import World
from tests.worker import Worker, drain, running_beat, until
from wificore.jobs.models import OPEN, Job
from wificore.jobs.selectors import job_rows
from wificore.jobs.services import job_start
from wificore.kernel.db.context import tenant_context

Start = Callable[..., Job]


def fresh(job: Job, tenant: Any) -> Job:
    """The job as the database has it now."""
    with tenant_context(tenant):
        return job_rows(job.created_at, job.pk).get()


def make_overdue(job: Job) -> None:
    """As if its lease had ended; call it in the job's context."""
    rows = job_rows(job.created_at, job.pk)
    rows.update(lease_until=timezone.now() - timedelta(seconds=1))


def ended(job: Job, tenant: Any) -> Job:
    """The job once it is done or failed."""
    return until(  # type: ignore[no-any-return]
        lambda: found if (found := fresh(job, tenant)).state not in OPEN else None,
        lambda: vars(fresh(job, tenant)),
    )


@pytest.fixture
def start(world: World) -> Start:
    """`start(tenant, "tests.echo", key=..)`: a job with these parameters."""

    def job(tenant: Any, kind: str, **params: Any) -> Job:
        with tenant_context(tenant):
            return job_start(kind=kind, params=params, created_by="amina@alpha.test")

    return job


@pytest.fixture
def beat(world: World, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """`beat()`: a real beat process; one more each time. What it asked for ends with the test."""
    with ExitStack() as stack:
        stack.callback(drain)
        numbers = iter(range(10))

        def begin() -> Worker:
            return stack.enter_context(running_beat(tmp_path / f"beat{next(numbers)}.log"))

        yield begin
