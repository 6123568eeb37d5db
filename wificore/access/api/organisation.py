"""Departments, positions, who holds them, alert routes, sites, settings; on tenants' hosts."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import selectors, services
from ..guard import writer
from ..models import AlertRoute, Assignment, Department, Position, Settings, Site
from .rows import AccessViewSet, filled
from .serializers import (
    AlertRouteSerializer,
    AssignmentChangeSerializer,
    AssignmentSerializer,
    DepartmentSerializer,
    PositionSerializer,
    SettingsSerializer,
    SiteSerializer,
)


class DepartmentViewSet(AccessViewSet):
    """Departments route alerts and lend their sites to their members."""

    code_read, code_write = "access.position.view", "access.position.manage"
    serializer_class = DepartmentSerializer
    queryset = Department.objects.none()
    search_fields = ("name",)
    order_fields = {"name": "name"}

    def get_queryset(self) -> QuerySet[Department]:
        return selectors.departments()

    def perform_create(self, serializer: Any) -> None:
        self._save(serializer)

    def perform_update(self, serializer: Any) -> None:
        self._save(serializer)

    def _save(self, serializer: Any) -> None:
        sites = serializer.validated_data.get("sites")
        serializer.instance = services.department_save(
            department=filled(serializer, without=("sites",)),
            sites=None if sites is None else [site.pk for site in sites],
            by=self.by,
        )

    def perform_destroy(self, instance: Department) -> None:
        services.department_delete(department=instance, by=self.by)


class PositionViewSet(AccessViewSet):
    """Posts in a department: they grant, deny and limit."""

    code_read, code_write = "access.position.view", "access.position.manage"
    serializer_class = PositionSerializer
    queryset = Position.objects.none()
    search_fields = ("title", "department__name")
    filter_fields = {"department": "department_id"}
    order_fields = {"title": "title"}

    def get_queryset(self) -> QuerySet[Position]:
        return selectors.positions()

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.position_save(position=filled(serializer), by=self.by)

    def perform_update(self, serializer: Any) -> None:
        self.perform_create(serializer)

    def perform_destroy(self, instance: Position) -> None:
        services.position_delete(position=instance, by=self.by)


class AssignmentViewSet(AccessViewSet):
    """Who holds which position, and from when to when.

    PATCH moves the last day. DELETE ends it at once: its last day is yesterday, and one that
    has not begun is removed.
    """

    code_read, code_write = "access.position.view", "access.position.manage"
    serializer_class = AssignmentSerializer
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        rows = selectors.assignments()
        for name in ("user", "position"):
            if value := self.request.query_params.get(name):
                rows = rows.filter(**{name: _id(name, value)})
        return rows

    @extend_schema(parameters=[OpenApiParameter("user", int), OpenApiParameter("position", int)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        fields = serializer.validated_data
        serializer.instance = services.assignment_create(by=self.by, **fields)

    @extend_schema(request=AssignmentChangeSerializer, responses=AssignmentSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        assignment = self.get_object()
        form = AssignmentChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        services.assignment_update(assignment=assignment, by=self.by, **form.validated_data)
        return Response(AssignmentSerializer(assignment).data)

    def perform_destroy(self, instance: Assignment) -> None:
        services.assignment_end(assignment=instance, by=self.by)


class AlertRouteViewSet(AccessViewSet):
    """Which departments hear of which events: routing, never permission."""

    code_read, code_write = "access.alert.view", "access.alert.manage"
    serializer_class = AlertRouteSerializer
    queryset = AlertRoute.objects.none()
    search_fields = ("event_type",)

    def get_queryset(self) -> QuerySet[AlertRoute]:
        return selectors.alert_routes()

    def perform_create(self, serializer: Any) -> None:
        departments = serializer.validated_data.get("departments")
        serializer.instance = services.alert_route_save(
            route=filled(serializer, without=("departments",)),
            departments=None if departments is None else [row.pk for row in departments],
        )

    def perform_update(self, serializer: Any) -> None:
        self.perform_create(serializer)

    def perform_destroy(self, instance: AlertRoute) -> None:
        services.alert_route_delete(route=instance)


class SiteViewSet(AccessViewSet):
    """Places where the organisation works; one's own, or all for whoever sees every site."""

    code_read, code_write = "access.site.view", "access.site.manage"
    serializer_class = SiteSerializer
    queryset = Site.objects.none()
    search_fields = ("name",)
    filter_fields = {"active": "active"}
    order_fields = {"name": "name"}

    def get_queryset(self) -> QuerySet[Site]:
        return selectors.sites(self.by.subject)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.site_save(site=filled(serializer), by=self.by)

    def perform_update(self, serializer: Any) -> None:
        self.perform_create(serializer)

    def perform_destroy(self, instance: Site) -> None:
        services.site_delete(site=instance, by=self.by)


class SettingsView(APIView):
    """What holds for the whole organisation."""

    code_read, code_write = "access.settings.view", "access.settings.manage"

    @extend_schema(responses=SettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(SettingsSerializer(Settings.objects.get(pk=1)).data)

    @extend_schema(request=SettingsSerializer, responses=SettingsSerializer)
    def patch(self, request: Request) -> Response:
        form = SettingsSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        settings = services.settings_update(by=writer(request), **form.validated_data)
        return Response(SettingsSerializer(settings).data)


def _id(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise serializers.ValidationError({name: ["Give an id."]})
    return int(value)
