"""A file in a form: `multipart/form-data` with the field `file`, refused before it is read."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from .idempotency import TooLarge

FIELD = "file"
# What a form's boundaries and headers may add to the file.
FORM_OCTETS = 64 * 1024
FORM = {
    "type": "object",
    "required": [FIELD],
    "properties": {FIELD: {"type": "string", "format": "binary"}},
}
# As drf-spectacular takes a request's body.
UPLOAD = {"multipart/form-data": FORM}


class _InMemory(MemoryFileUploadHandler):
    """It never becomes a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class FileParser(MultiPartParser):
    """A view's parser; the view says `max_octets`."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        request: HttpRequest = parser_context["request"]._request
        most = parser_context["view"].max_octets + FORM_OCTETS
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise TooLarge
        request.upload_handlers = [_InMemory(request)]
        return super().parse(stream, media_type, parser_context)


def sent_file(request: Request) -> tuple[bytes, str]:
    """The file's content and its name.

    Raises:
        ValidationError: there is none.
    """
    sent = request.data
    file = sent.get(FIELD) if isinstance(sent, dict) else None
    if not isinstance(file, UploadedFile):
        raise ValidationError({FIELD: ["Send a file as form field `file`."]})
    return file.read(), file.name or ""
