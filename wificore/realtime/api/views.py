"""/api/v1/realtime/app/ of a tenant, /api/platform/realtime/apps/ of the platform."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from wificore.kernel.api.rows import RowLookup

from .. import services
from ..models import App
from ..selectors import own_app
from .serializers import AppSerializer, NewSecretSerializer, PlatformAppSerializer


class AppView(APIView):
    """The tenant's realtime app: what programs and browsers connect to."""

    code_read, code_write = "realtime.app.view", "realtime.app.manage"

    @extend_schema(responses=AppSerializer)
    def get(self, request: Request) -> Response:
        return Response(AppSerializer(own_app()).data)

    @extend_schema(request=AppSerializer(partial=True), responses=AppSerializer)
    def patch(self, request: Request) -> Response:
        """Change settings; they are in force within seconds, and close what they forbid."""
        app = own_app()
        form = AppSerializer(app, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        return Response(AppSerializer(services.app_update(app=app, **form.validated_data)).data)


class SecretsView(APIView):
    """New secrets: the old one stays good until it is removed, so nothing stands still."""

    code_read, code_write = "realtime.app.view", "realtime.app.manage"

    @extend_schema(request=None, responses={201: NewSecretSerializer})
    def post(self, request: Request) -> Response:
        """Make a secret. 409 when two are live."""
        sealed, clear = services.secret_add(app=own_app())
        answer = {"id": sealed["id"], "created_at": sealed["created_at"], "secret": clear}
        return Response(answer, status.HTTP_201_CREATED)


class SecretView(APIView):
    """One secret."""

    code_read, code_write = "realtime.app.view", "realtime.app.manage"

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={204: None},
    )
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Remove it: what it signed is refused within seconds. 409 for the only one."""
        services.secret_remove(app=own_app(), secret_id=id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlatformAppViewSet(
    RowLookup, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[App]
):
    """Every tenant's app. PATCH `blocked` switches one off, whatever its tenant says."""

    code_read, code_write = "realtime.app.view", "realtime.app.manage"
    serializer_class = PlatformAppSerializer
    queryset = App.objects.all()

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        app = self.get_object()
        form = PlatformAppSerializer(app, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changes = form.validated_data
        blocked = changes.get("blocked", app.blocked)
        services.app_block(app=app, blocked=blocked, reason=changes.get("reason", ""))
        return Response(PlatformAppSerializer(app).data)
