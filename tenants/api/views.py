"""/api/platform/tenants/: thin views over services."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import services
from ..hooks import Owner
from ..models import Tenant
from .serializers import (
    DeleteSerializer,
    NewTenantSerializer,
    SuspendSerializer,
    TenantSerializer,
)


class TenantViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Tenant]
):
    """Tenants of the platform, newest first; made and deleted by `worker-ddl`."""

    code_read, code_write = "tenants.tenant.view", "tenants.tenant.manage"
    serializer_class = TenantSerializer
    queryset = Tenant.objects.all()
    keyset = ("created_at", "id")
    lookup_field = "slug"
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> QuerySet[Tenant]:
        rows: QuerySet[Tenant] = Tenant.objects.all()
        return rows

    @extend_schema(request=NewTenantSerializer, responses={202: TenantSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a new tenant; its `state` becomes `active` within seconds."""
        fields = self._valid(NewTenantSerializer)
        owner = Owner(**fields.pop("owner"))
        tenant = services.tenant_request(owner=owner, **fields)
        return Response(self._shown(tenant), status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={202: None})
    def destroy(self, request: Request, slug: str) -> Response:
        """Export and drop everything of a tenant; the body is `{"confirm": "<slug>"}`."""
        tenant = self.get_object()
        services.tenant_delete_request(tenant=tenant, **self._valid(DeleteSerializer))
        return Response(status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=SuspendSerializer, responses=TenantSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, slug: str) -> Response:
        """Close the tenant's hosts; its routers and data stay."""
        tenant = self.get_object()
        services.tenant_suspend(tenant=tenant, **self._valid(SuspendSerializer))
        return Response(self._shown(tenant))

    @extend_schema(request=None, responses=TenantSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, slug: str) -> Response:
        """Open a suspended tenant's hosts again, or go on with provisioning that failed."""
        tenant = self.get_object()
        services.tenant_go_on(tenant=tenant)
        return Response(self._shown(tenant))

    def _valid(self, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        given = form(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _shown(self, tenant: Tenant) -> dict[str, Any]:
        tenant.refresh_from_db()
        return dict(TenantSerializer(tenant).data)
