"""/api/v1/radius/subscribers/{id}/attachments/: papers and pictures of a customer."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from radius.models import Subscriber
from wificore.files.checking import MAX_OCTETS
from wificore.files.links import url_of
from wificore.files.models import FileKind, StoredFile
from wificore.files.selectors import attachments
from wificore.files.services import file_delete, file_put
from wificore.kernel.api.rows import MAX_ID
from wificore.kernel.api.uploads import UPLOAD, FileParser, sent_file

SUBJECT = "subscriber"
VIEW, MANAGE = "radius.subscriber.view", "radius.subscriber.manage"


class AttachmentSerializer(serializers.ModelSerializer[StoredFile]):
    """A file, and for twenty minutes at most where it is."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()

    class Meta:
        model = StoredFile
        fields = ("id", "name", "content_type", "size", "created_by", "created_at", "url")

    @extend_schema_field(str)
    def get_url(self, file: StoredFile) -> str:
        return url_of(file)


class AttachmentListSerializer(serializers.Serializer[Any]):
    """All of them, newest first: there are at most fifty."""

    results = AttachmentSerializer(many=True)


class AttachmentsView(APIView):
    """What is attached to a customer: PNG, JPEG, WebP and PDF."""

    code_read, code_write = VIEW, MANAGE
    parser_classes = (FileParser,)
    max_octets = MAX_OCTETS

    @extend_schema(responses=AttachmentListSerializer)
    def get(self, request: Request, subscriber: str) -> Response:
        rows = attachments(SUBJECT, _subscriber(subscriber))
        return Response(AttachmentListSerializer({"results": rows}).data)

    @extend_schema(request=UPLOAD, responses={201: AttachmentSerializer})
    def post(self, request: Request, subscriber: str) -> Response:
        number = _subscriber(subscriber)
        content, name = sent_file(request)
        file = file_put(
            kind=FileKind.ATTACHMENT,
            subject_type=SUBJECT,
            subject_id=number,
            content=content,
            name=name,
        )
        return Response(AttachmentSerializer(file).data, status=status.HTTP_201_CREATED)


class AttachmentView(APIView):
    """One attached file."""

    code_write = MANAGE

    @extend_schema(responses={204: None})
    def delete(self, request: Request, subscriber: str, id: str) -> Response:  # noqa: A002
        rows = attachments(SUBJECT, _subscriber(subscriber))
        file = rows.filter(public_id=id.replace("\0", "")).first()
        if file is None:
            raise Http404
        file_delete(file=file)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _subscriber(raw: str) -> int:
    """The id in the path. Raises Http404: it is none of the tenant's."""
    if not (raw.isascii() and raw.isdigit() and int(raw) <= MAX_ID):
        raise Http404
    if not Subscriber.objects.filter(pk=int(raw)).exists():
        raise Http404
    return int(raw)
