"""/api/v1/notifications/: one's own, and nobody else's."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.kernel.api.rows import ReadRowViewSet
from wificore.kernel.notices import kinds

from .. import selectors, services
from ..models import Notification
from .serializers import (
    InboxFilterSerializer,
    KindsSerializer,
    NotificationSerializer,
    UnreadSerializer,
)

VIEW, MANAGE = "notifications.inbox.view", "notifications.inbox.manage"


def own_id(request: Any) -> int | None:
    """The user's id; None for a support session, which has no inbox."""
    return request.user.pk if request.user.pk else None


def _unread(request: Request) -> Response:
    key = own_id(request)
    count = selectors.unread_counts([key])[key] if key else 0
    return Response({"unread": count})


@extend_schema_view(list=extend_schema(parameters=[InboxFilterSerializer]))
class InboxViewSet(ReadRowViewSet):
    """What you were told, newest first; kept for 90 days."""

    code_read, code_write = VIEW, MANAGE
    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        rows = selectors.inbox(own_id(self.request))
        form = InboxFilterSerializer(data=self.request.query_params)
        form.is_valid(raise_exception=True)
        unread = form.validated_data["unread"]
        return rows if unread is None else rows.filter(read_at__isnull=unread)

    @extend_schema(request=None, responses=UnreadSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark it as read; answers how many are not."""
        row = self.get_object()
        services.inbox_read(user_id=row.user_id, ids=[row.pk])
        return _unread(request)


class UnreadView(APIView):
    """How many you have not read."""

    code_read = VIEW

    @extend_schema(responses=UnreadSerializer)
    def get(self, request: Request) -> Response:
        return _unread(request)


class ReadAllView(APIView):
    """Mark all of yours as read."""

    code_write = MANAGE

    @extend_schema(request=None, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        key = own_id(request)
        if key:
            services.inbox_read(user_id=key)
        return _unread(request)


class KindsView(APIView):
    """What people can be told of: for alert routes and preferences."""

    code_read = VIEW

    @extend_schema(responses=KindsSerializer)
    def get(self, request: Request) -> Response:
        return Response(KindsSerializer({"results": kinds()}).data)
