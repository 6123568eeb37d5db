"""Jobs in both admins: looked at, never edited."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display

from wificore.kernel.admin import ReadOnlyAdmin, TimeRangeFilter

from . import selectors
from .models import Job, JobState

LABELS = {JobState.RUNNING: "info", JobState.DONE: "success", JobState.FAILED: "danger"}


class JobFilter(TimeRangeFilter):
    """Lists of jobs always have a time range."""

    rows = staticmethod(selectors.jobs)


class JobAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "kind",
        "condition",
        "progress",
        "note",
        "attempts",
        "created_by",
        "error",
    )
    list_filter = (JobFilter, "state")
    search_fields = ("kind", "created_by")

    @display(description="created", ordering="created_at")
    def at(self, job: Job) -> str:
        return date_format(timezone.localtime(job.created_at), "d M H:i:s")

    @display(description="state", ordering="state", label=LABELS)
    def condition(self, job: Job) -> str:
        return job.state

    @display(description="progress")
    def progress(self, job: Job) -> str:
        return f"{job.done}" if job.total is None else f"{job.done} / {job.total}"


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(Job, JobAdmin)
