"""POST /api/v1/radius/subscribers/import/: a CSV file in, a job out."""

from typing import Any, cast

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from radius.imports.reading import FIELD, MAX_OCTETS, MAX_ROWS, FileRefused, FileTooLarge
from radius.imports.services import import_start
from wificore.jobs.selectors import job_public_id

# What a form's boundaries and headers may add to the file.
FORM_OCTETS = 64 * 1024
NO_FILE = "Send the file as form field `file`, or as the body with Content-Type: text/csv."
FORM = {
    "type": "object",
    "required": [FIELD],
    "properties": {FIELD: {"type": "string", "format": "binary"}},
}
PARAMETERS = [
    OpenApiParameter("dry_run", bool, description="Check the rows, change nothing."),
    OpenApiParameter(
        "update", bool, description="Change accounts that exist; empty cells keep what is stored."
    ),
]


class InMemory(MemoryFileUploadHandler):
    """The file holds passwords: it never becomes a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class FormParser(MultiPartParser):
    """multipart/form-data with the file as field `file`."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        request: HttpRequest = parser_context["request"]._request
        _refuse_length(request, MAX_OCTETS + FORM_OCTETS)
        request.upload_handlers = [InMemory(request)]
        return super().parse(stream, media_type, parser_context)


class CsvParser(BaseParser):
    """The file as the body."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        _refuse_length(parser_context["request"]._request, MAX_OCTETS)
        return {FIELD: stream.read(MAX_OCTETS + 1)}


class OptionsSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False)
    update = serializers.BooleanField(default=False)  # type: ignore[assignment]  # a method's name


class ImportStartedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The job's id.")
    url = serializers.CharField(help_text="Where its progress and result are: the job's path.")


class SubscriberImportView(APIView):
    """Subscribers from a CSV file, as a job: all rows, or none."""

    code_write = "radius.subscriber.import"
    parser_classes = (FormParser, CsvParser)

    @extend_schema(
        operation_id="radius_subscribers_import",
        parameters=PARAMETERS,
        request={"multipart/form-data": FORM, "text/csv": {"type": "string"}},
        responses={202: ImportStartedSerializer},
        description=(
            "Columns by name in line 1: username, password, plan (name or id), name, phone, "
            "status, expires_at (ISO 8601); commas or semicolons, UTF-8, at most "
            f"{MAX_OCTETS // 1024**2} MiB and {MAX_ROWS:,} rows. The job's result lists what is "
            "wrong by line and field; if anything is, the job fails and nothing is written."
        ),
    )
    def post(self, request: Request) -> Response:
        options = OptionsSerializer(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        job = import_start(content=_content(request), **options.validated_data)
        number = job_public_id(job)
        url = reverse("job-detail", kwargs={"id": number})
        started = {"id": number, "url": url}
        return Response(started, status=status.HTTP_202_ACCEPTED, headers={"Location": url})


def _content(request: Request) -> bytes:
    file = cast(dict[str, Any], request.data).get(FIELD)
    if file is None or isinstance(file, str):
        raise FileRefused(NO_FILE)
    if isinstance(file, bytes):
        return file
    return cast(bytes, file.read(MAX_OCTETS + 1))


def _refuse_length(request: HttpRequest, limit: int) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise FileTooLarge
