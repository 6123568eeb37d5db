"""/api/v1/audit/ for a tenant, /api/platform/audit/ for the platform: each its own schema's."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from wificore.jobs import selectors as jobs
from wificore.jobs.models import Job
from wificore.jobs.selectors import job_public_id
from wificore.kernel.api.ranges import RangeViewSet, range_of
from wificore.kernel.audit import record_read

from .. import exporting, selectors, services
from ..models import AuditEntry
from .serializers import (
    EntrySerializer,
    ExportSerializer,
    NewExportSerializer,
    SealSerializer,
    SearchSerializer,
)


@extend_schema_view(list=extend_schema(parameters=[SearchSerializer]))
class EntryViewSet(RangeViewSet):
    """Who changed what: the trail, newest first."""

    code_read = "audit.entry.view"
    serializer_class = EntrySerializer
    range_serializer = SearchSerializer
    queryset = AuditEntry.objects.none()
    keyset = ("at", "id")

    def get_queryset(self) -> QuerySet[AuditEntry]:
        since, until, filters = self.time_range()
        try:
            selectors.check_range(since, until, filters)
        except selectors.RangeTooLong as error:
            raise serializers.ValidationError({error.field: [str(error)]}) from None
        return selectors.entries_matching(since=since, until=until, filters=filters)

    def row(self, *, public_id: str) -> AuditEntry:
        return selectors.entry_get(public_id=public_id)

    @extend_schema(responses=SealSerializer)
    @action(detail=False, pagination_class=None)
    def seal(self, request: Request) -> Response:
        """How far the trail is sealed."""
        return Response(SealSerializer(selectors.seal_state()).data)


class ExportViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Job]):
    """Exports of the trail: a job writes each, and its file is kept for seven days."""

    code_read = code_write = "audit.entry.export"
    serializer_class = ExportSerializer
    queryset = Job.objects.none()
    keyset = ("created_at", "id")
    lookup_value_regex = "[^/]+"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Job]:
        now = timezone.now()
        recent = jobs.jobs(since=now - exporting.KEPT, until=now)
        return recent.filter(kind=exporting.KIND)

    def get_object(self) -> Job:
        """404 for jobs of other kinds too."""
        try:
            job = jobs.job_get(public_id=self.kwargs["id"])
        except ObjectDoesNotExist:
            raise Http404 from None
        if job.kind != exporting.KIND:
            raise Http404
        return job

    @extend_schema(request=NewExportSerializer, responses={202: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a file; its lines are those that a search with the same filters finds."""
        form = NewExportSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        since, until, filters = range_of(form.validated_data)
        kind = filters.pop("format")
        job = services.export_start(since=since, until=until, filters=filters, file_format=kind)
        return Response(ExportSerializer(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ExportSerializer)
    def retrieve(self, request: Request, **_path: str) -> Response:
        """How far an export has come."""
        return Response(ExportSerializer(self.get_object()).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def download(self, request: Request, **_path: str) -> FileResponse:
        """The file; the trail tells who fetched it."""
        job = self.get_object()
        end = exporting.expires_at(job)
        if end is None:
            raise NotFound("This export has no file yet: look at its state.")
        if end <= timezone.now():
            raise NotFound("This export has expired: ask for another one.")
        try:
            file = exporting.FILES.open(exporting.file_name(job))
        except FileNotFoundError:
            raise NotFound("This export's file is gone: ask for another one.") from None
        return _answer(job, file)


def _answer(job: Job, file: Any) -> FileResponse:
    number, kind = job_public_id(job), job.params["format"]
    record_read("audit_export.downloaded", "audit_export", number, {"rows": job.result["rows"]})
    answer = FileResponse(file, as_attachment=True, filename=f"audit-{number}.{kind}")
    answer["Content-Type"] = exporting.FORMATS[kind]
    answer["Cache-Control"] = "no-store"
    return answer
