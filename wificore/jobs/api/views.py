"""/api/v1/jobs/ for a tenant, /api/platform/jobs/ for the platform: each its own schema's."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from wificore.kernel.api.ranges import RangeViewSet

from .. import selectors
from ..models import Job
from .serializers import JobFilterSerializer, JobSerializer


@extend_schema_view(list=extend_schema(parameters=[JobFilterSerializer]))
class JobViewSet(RangeViewSet):
    """Background jobs with their progress and result, newest first."""

    code_read = "jobs.job.view"
    serializer_class = JobSerializer
    range_serializer = JobFilterSerializer
    queryset = Job.objects.none()
    keyset = ("created_at", "id")

    def get_queryset(self) -> QuerySet[Job]:
        since, until, filters = self.time_range()
        return selectors.jobs(since=since, until=until).filter(**filters)

    def row(self, *, public_id: str) -> Job:
        return selectors.job_get(public_id=public_id)
