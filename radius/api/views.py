"""/api/v1/radius/: thin views over services and selectors."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from radius import selectors, services
from radius.models import Login, Plan, Session, Subscriber
from radius.registry.models import Nas
from wificore.access.api.rows import SiteScope
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.ranges import RangeViewSet
from wificore.kernel.api.rows import RowViewSet

from .serializers import (
    HistorySerializer,
    LoginSerializer,
    NasSerializer,
    PlanSerializer,
    SessionSerializer,
    SubscriberSerializer,
)


class KeyedViewSet(RowViewSet):
    """Rows that are made once under an idempotency key."""

    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)


class PlanViewSet(KeyedViewSet):
    """What subscribers buy."""

    code_read, code_write = "radius.plan.view", "radius.plan.manage"
    serializer_class = PlanSerializer
    queryset = Plan.objects.all()
    search_fields = ("name",)
    order_fields = {"name": "name", "price_micro": "price_micro", "created_at": "created_at"}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.plan_create(**serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        services.plan_update(plan=serializer.instance, **serializer.validated_data)

    def perform_destroy(self, instance: Plan) -> None:
        services.plan_delete(plan=instance)


class SubscriberViewSet(KeyedViewSet):
    """Customers' accounts."""

    code_read, code_write = "radius.subscriber.view", "radius.subscriber.manage"
    serializer_class = SubscriberSerializer
    queryset = Subscriber.objects.all()
    search_fields = ("username", "name", "phone")
    filter_fields = {"status": "status", "plan": "plan_id"}
    order_fields = {"username": "username", "name": "name", "created_at": "created_at"}

    def get_queryset(self) -> QuerySet[Subscriber]:
        rows = Subscriber.objects.all()
        username = self.request.query_params.get("username")
        return rows.filter(username=username.replace("\0", "")) if username else rows

    @extend_schema(parameters=[OpenApiParameter("username", str, description="Exactly this one.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.subscriber_create(**serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        services.subscriber_update(subscriber=serializer.instance, **serializer.validated_data)

    def perform_destroy(self, instance: Subscriber) -> None:
        services.subscriber_delete(subscriber=instance)


class NasViewSet(SiteScope, KeyedViewSet):
    """Routers at one's sites. One added here works within seconds, without restart."""

    code_read, code_write = "radius.nas.view", "radius.nas.manage"
    serializer_class = NasSerializer
    queryset = Nas.objects.all()
    search_fields = ("name", "address")
    filter_fields = {"site": "site_id", "enabled": "enabled"}
    order_fields = {"name": "name", "created_at": "created_at"}

    def perform_create(self, serializer: Any) -> None:
        self.check_site(serializer.validated_data.get("site_id"))
        serializer.instance = services.nas_create(**serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        nas, fields = serializer.instance, serializer.validated_data
        if fields.get("site_id") != nas.site_id:
            self.check_site(fields.get("site_id"))
        services.nas_update(nas=nas, **fields)

    def perform_destroy(self, instance: Nas) -> None:
        services.nas_delete(nas=instance)


class HistoryViewSet(RangeViewSet):
    """Rows of the packets' history, by time and user name."""

    range_serializer = HistorySerializer


@extend_schema_view(list=extend_schema(parameters=[HistorySerializer]))
class SessionViewSet(HistoryViewSet):
    """Open sessions and history, newest start first."""

    code_read = "radius.session.view"
    serializer_class = SessionSerializer
    queryset = Session.objects.none()
    keyset = ("acctstarttime", "radacctid")

    def get_queryset(self) -> QuerySet[Session]:
        since, until, filters = self.time_range()
        rows = selectors.sessions(since=since, until=until).filter(**filters)
        online = self.request.query_params.get("online")
        return rows if online is None else rows.filter(online=_boolean("online", online))

    @extend_schema(parameters=[HistorySerializer, OpenApiParameter("online", bool)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def row(self, *, public_id: str) -> Session:
        return selectors.session_get(public_id=public_id)


@extend_schema_view(list=extend_schema(parameters=[HistorySerializer]))
class LoginViewSet(HistoryViewSet):
    """Login attempts and their answers in words, newest first."""

    code_read = "radius.login.view"
    serializer_class = LoginSerializer
    queryset = Login.objects.none()
    keyset = ("authdate", "id")

    def get_queryset(self) -> QuerySet[Login]:
        since, until, filters = self.time_range()
        return selectors.logins(since=since, until=until).filter(**filters)

    def row(self, *, public_id: str) -> Login:
        return selectors.login_get(public_id=public_id)


def _boolean(name: str, raw: str) -> bool:
    values = {"true": True, "1": True, "false": False, "0": False}
    if raw.lower() not in values:
        raise serializers.ValidationError({name: ["Give true or false."]})
    return values[raw.lower()]
