"""The organisation's logo and one's own picture."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.files.checking import MAX_OCTETS
from wificore.files.links import url_of
from wificore.files.models import FileKind
from wificore.files.selectors import LOGO_OF
from wificore.files.services import file_put, files_forget
from wificore.kernel.api.uploads import UPLOAD, FileParser, sent_file

from ..models import User
from .permissions import SIGNED_IN, check_factor


class PictureSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="Signed; it works for a day or two.")


class PictureView(APIView):
    """One picture: PUT takes the old one's place, DELETE leaves none. PNG, JPEG or WebP."""

    parser_classes = (FileParser,)
    max_octets = MAX_OCTETS
    kind: FileKind

    def subject(self, request: Request) -> tuple[str, int]:
        raise NotImplementedError

    @extend_schema(request=UPLOAD, responses=PictureSerializer)
    def put(self, request: Request) -> Response:
        subject_type, subject_id = self.subject(request)
        content, name = sent_file(request)
        file = file_put(
            kind=self.kind,
            subject_type=subject_type,
            subject_id=subject_id,
            content=content,
            name=name,
        )
        return Response(PictureSerializer({"url": url_of(file)}).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        subject_type, subject_id = self.subject(request)
        files_forget(subject_type=subject_type, subject_id=subject_id)
        return Response(status=204)


class LogoView(PictureView):
    """The organisation's logo, at most 512 pixels wide and high."""

    code_write = "access.settings.manage"
    kind = FileKind.LOGO

    def subject(self, request: Request) -> tuple[str, int]:
        return LOGO_OF


class AvatarView(PictureView):
    """One's own picture, cut to a square."""

    code_write = SIGNED_IN
    kind = FileKind.AVATAR

    def subject(self, request: Request) -> tuple[str, int]:
        check_factor(request)
        user = cast(User, request.user)
        if not user.pk:
            raise PermissionDenied("A support session has no picture.")
        return "user", user.pk
