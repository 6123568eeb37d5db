"""/api/v1/webhooks/."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from wificore.access.api.rows import filled
from wificore.access.guard import By, writer
from wificore.kernel.api.ranges import RangeViewSet, range_of
from wificore.kernel.api.rows import RowViewSet

from .. import selectors, services
from ..models import Delivery, Endpoint
from .serializers import (
    DeliveryDetailSerializer,
    DeliveryFilterSerializer,
    DeliverySerializer,
    EndpointSerializer,
    NewEndpointSerializer,
    ReplayedSerializer,
    ReplayRequestSerializer,
    RotationSerializer,
    SecretSerializer,
)


class EndpointViewSet(RowViewSet):
    """Servers that get this organisation's events, with the rights of whoever saved them last."""

    code_read, code_write = "webhooks.endpoint.view", "webhooks.endpoint.manage"
    serializer_class = EndpointSerializer
    queryset = Endpoint.objects.none()
    http_method_names = ("get", "head", "options", "post", "patch", "delete")

    def get_queryset(self) -> QuerySet[Endpoint]:
        return selectors.endpoints()

    @property
    def by(self) -> By:
        return writer(self.request)

    @extend_schema(responses={201: NewEndpointSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        endpoint, secret = services.endpoint_create(by=self.by, **form.validated_data)
        data = {**self.get_serializer(endpoint).data, "secret": secret}
        return Response(data, status=status.HTTP_201_CREATED)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.endpoint_save(endpoint=filled(serializer), by=self.by)

    def perform_destroy(self, instance: Endpoint) -> None:
        services.endpoint_delete(endpoint=instance)

    @extend_schema(request=None, responses=EndpointSerializer)
    @action(detail=True, methods=["post"])
    def enable(self, request: Request, pk: str) -> Response:
        """Send to it again. What it missed meanwhile is replayed only when that is asked for."""
        endpoint = services.endpoint_enable(endpoint=self.get_object(), by=self.by)
        return Response(self.get_serializer(endpoint).data)

    @extend_schema(request=RotationSerializer, responses=SecretSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """A new secret. Until the overlap ends each request carries a signature of both."""
        form = RotationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        endpoint = self.get_object()
        overlap = timedelta(hours=form.validated_data["overlap_hours"])
        secret = services.endpoint_rotate(endpoint=endpoint, overlap=overlap)
        endpoint.refresh_from_db()
        answer = {"secret": secret, "old_secret_until": endpoint.old_secret_until}
        return Response(SecretSerializer(answer).data)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send it an event `webhook.tested`; the delivery tells what came of it."""
        services.endpoint_test(endpoint=self.get_object())
        return Response(status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ReplayRequestSerializer, responses=ReplayedSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send again all that failed, of events in a time range (the last 24 hours)."""
        form = ReplayRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        since, until, _ = range_of(form.validated_data)
        endpoint = self.get_object()
        count = services.deliveries_replay(endpoint=endpoint, since=since, until=until)
        return Response({"deliveries": count})


@extend_schema_view(
    list=extend_schema(parameters=[DeliveryFilterSerializer]),
    retrieve=extend_schema(responses=DeliveryDetailSerializer),
)
class DeliveryViewSet(RangeViewSet):
    """What was sent to endpoints, newest event first, 30 days back."""

    code_read, code_write = "webhooks.endpoint.view", "webhooks.endpoint.manage"
    serializer_class = DeliverySerializer
    range_serializer = DeliveryFilterSerializer
    queryset = Delivery.objects.none()
    keyset = ("event_at", "id")

    def get_queryset(self) -> QuerySet[Delivery]:
        since, until, filters = self.time_range()
        if "endpoint" in filters:
            filters["endpoint_id"] = filters.pop("endpoint")
        rows = selectors.deliveries(since=since, until=until).filter(**filters)
        return rows.defer("body", "attempts")

    def get_serializer_class(self) -> Any:
        return DeliveryDetailSerializer if self.action == "retrieve" else DeliverySerializer

    def row(self, *, public_id: str) -> Delivery:
        return selectors.delivery_get(public_id=public_id)

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, id: str) -> Response:  # noqa: A002  # the route's name for it
        """Send it again, with the same id and body."""
        delivery = services.delivery_replay(delivery=self.get_object())
        return Response(self.get_serializer(delivery).data)
