"""/api/platform/support-sessions/ and, on the tenant's host, /api/v1/support-sessions/."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import User
from .. import services
from ..models import SupportSession
from ..selectors import sessions
from .serializers import (
    OpenedSupportSessionSerializer,
    OpenSupportSessionSerializer,
    PlatformSupportSessionSerializer,
    SupportSessionSerializer,
    opened,
)


class SessionViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[SupportSession],
):
    """What both hosts have: the list, newest first, one session, and its end."""

    serializer_class = SupportSessionSerializer
    queryset = SupportSession.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    keyset = ("created_at", "public_id")

    def get_queryset(self) -> QuerySet[SupportSession]:
        return sessions()


class PlatformSessionViewSet(SessionViewSet):
    """Support sessions in all tenants."""

    code_read, code_write = "tenants.support.view", services.OPEN
    serializer_class = PlatformSupportSessionSerializer

    @extend_schema(
        request=OpenSupportSessionSerializer, responses={201: OpenedSupportSessionSerializer}
    )
    def create(self, request: Request) -> Response:
        """Open a session in a tenant, which sees it in its audit trail from its first moment."""
        form = OpenSupportSessionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        session, clear = services.session_open(
            operator=cast(User, request.user), **form.validated_data
        )
        data = opened(session, clear, form.validated_data["tenant"])
        return Response(data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: SupportSession) -> None:
        services.session_end(session=instance, by=str(self.request.user))


class TenantSessionViewSet(SessionViewSet):
    """Who of the platform worked here, when and why; the owner may end it."""

    code_read, code_write = "access.role.view", "access.settings.manage"

    def perform_destroy(self, instance: SupportSession) -> None:
        services.session_end_here(session=instance, by=str(self.request.user))
