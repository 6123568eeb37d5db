"""Reads: always with the day, so that partitions prune."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from wificore.kernel import day_ids

from .models import OPEN, Job

# A job that is older is not looked after any more.
LOOK_BACK = timedelta(days=7)


def jobs(*, since: datetime, until: datetime) -> QuerySet[Job]:
    return Job.objects.filter(created_at__gte=since, created_at__lte=until)


def job_rows(created_at: datetime, number: int, *, using: str = "default") -> QuerySet[Job]:
    """The one row with this key, for reading and for conditional updates."""
    return Job.objects.using(using).filter(created_at=created_at, id=number)


def job_public_id(job: Job) -> str:
    return day_ids.day_id(job.created_at, job.pk)


def job_get(*, public_id: str) -> Job:
    """One job by its public id.

    Raises:
        Job.DoesNotExist: no such job, or not an id of ours.
    """

    def rows(start: datetime, end: datetime, number: int) -> QuerySet[Job]:
        return Job.objects.filter(created_at__gte=start, created_at__lt=end, id=number)

    return day_ids.look_up(Job, public_id, rows)


def jobs_open(limit: int) -> list[Job]:
    """The newest jobs that are not over."""
    recent = Job.objects.filter(created_at__gte=timezone.now() - LOOK_BACK)
    return list(recent.filter(state__in=OPEN)[:limit])


def jobs_overdue() -> list[Job]:
    """Open jobs whose lease has ended."""
    recent = Job.objects.filter(created_at__gte=timezone.now() - LOOK_BACK)
    return list(recent.filter(state__in=OPEN, lease_until__lt=Now()))
