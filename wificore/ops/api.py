"""GET /api/platform/health/: the numbers of the operators' page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .health import health


class RelaySerializer(serializers.Serializer[Any]):
    """Events on their way from the database to those who wait for them."""

    lag_s = serializers.FloatField(help_text="Age of the oldest event that has not gone out.")
    backlog = serializers.IntegerField(help_text="Events that have not gone out.")
    silent_s = serializers.FloatField(
        allow_null=True, help_text="Since the relay's last sign of life; null: none ever."
    )
    set_aside = serializers.IntegerField(help_text="Events that a handler refused for good.")


class SpoolSerializer(serializers.Serializer[Any]):
    """What RADIUS has written down and the ingester brings into the database."""

    name = serializers.CharField()
    applied = serializers.IntegerField(help_text="Records in the database.")
    quarantined = serializers.IntegerField(help_text="Records that cannot be read.")
    behind_s = serializers.FloatField(
        allow_null=True, help_text="Age of the newest applied record; null: none yet."
    )
    held = serializers.IntegerField(help_text="Records kept for tenants in trouble.")


class QueueSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    waiting = serializers.IntegerField(help_text="Tasks that wait for a worker.")


class TenantCountSerializer(serializers.Serializer[Any]):
    state = serializers.CharField()
    count = serializers.IntegerField()


class HealthSerializer(serializers.Serializer[Any]):
    """How the platform is; null: that part cannot be read at the moment."""

    relay = RelaySerializer(allow_null=True)
    spools = SpoolSerializer(many=True, allow_null=True)
    queues = QueueSerializer(many=True, allow_null=True)
    tenants = TenantCountSerializer(many=True, allow_null=True)


class HealthView(APIView):
    """How the platform is now."""

    code_read = "ops.health.view"

    @extend_schema(responses=HealthSerializer)
    def get(self, request: Request) -> Response:
        return Response(HealthSerializer(health()).data)
