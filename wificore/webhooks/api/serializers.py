"""Shapes of the webhooks API."""

import json
from datetime import timedelta
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wificore.events.visibility import Viewer
from wificore.kernel.api.ranges import RangeSerializer
from wificore.kernel.api.rows import MAX_ID

from ..conf import OVERLAP
from ..filters import MAX_FILTERS
from ..models import MAX_URL, Delivery, DeliveryState, Endpoint
from ..selectors import delivery_public_id
from ..sending.fan_out import event_of

URL_EXAMPLE = "https://example.com/hooks/wificore"
TYPE = {"type": "string", "example": "session.*"}


@extend_schema_field(TYPE)
class FilterField(serializers.CharField):
    """One event type, or all that begin alike."""


@extend_schema_field({"type": "string", "format": "uri", "example": URL_EXAMPLE})
class UrlField(serializers.CharField):
    """Not a URLField: the service says in its own words what is wrong with a URL."""


class EndpointSerializer(serializers.ModelSerializer[Endpoint]):
    """An endpoint; its secret is shown when it is made, and never again."""

    id = serializers.CharField(read_only=True)
    url = UrlField(max_length=MAX_URL)
    event_types = serializers.ListField(
        child=FilterField(max_length=120),
        min_length=1,
        max_length=MAX_FILTERS,
        help_text="Exact types, `session.*` for all that begin so, `*` for all.",
    )
    api_version = serializers.CharField(read_only=True, help_text="The shape of what is sent.")
    acts_for = serializers.SerializerMethodField(
        help_text="Whose rights decide what it gets: the user who saved it last. Null: nobody's."
    )
    old_secret_until = serializers.DateTimeField(
        read_only=True, help_text="Until then the secret before the present one signs as well."
    )

    class Meta:
        model = Endpoint
        fields = (
            "id", "url", "description", "event_types", "enabled", "api_version", "acts_for",
            "abilities", "disabled_reason", "disabled_at", "failing_since", "failures",
            "old_secret_until", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            "abilities", "disabled_reason", "disabled_at", "failing_since", "failures",
            "created_at", "updated_at",
        )  # fmt: skip
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "abilities": {
                "help_text": "What the token allowed with which it was saved last; null: no limit."
            },
            "failures": {"help_text": "Failed attempts in a row."},
        }

    @extend_schema_field({"type": "string", "format": "email", "nullable": True})
    def get_acts_for(self, endpoint: Endpoint) -> str | None:
        return endpoint.acts_for.email if endpoint.acts_for else None


class NewEndpointSerializer(EndpointSerializer):
    """An endpoint that was just made."""

    secret = serializers.CharField(
        read_only=True, help_text="`whsec_` and base64; shown this once only."
    )

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class RotationSerializer(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=168,
        default=int(OVERLAP / timedelta(hours=1)),
        help_text="For how long the present secret signs as well.",
    )


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once only.")
    old_secret_until = serializers.DateTimeField()


class ReplayRequestSerializer(RangeSerializer):
    """Which events: by default those of the last 24 hours."""


class ReplayedSerializer(serializers.Serializer[Any]):
    deliveries = serializers.IntegerField(help_text="How many are sent again.")


class AttemptSerializer(serializers.Serializer[Any]):
    """One request and its answer, of which 4 KiB are kept."""

    at = serializers.DateTimeField(help_text="When it ended.")
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="Null: there was no answer.")
    duration_ms = serializers.IntegerField()
    error = serializers.CharField()
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField()


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One event on its way to one endpoint."""

    id = serializers.SerializerMethodField()
    endpoint = serializers.CharField(source="endpoint_id")
    event_id = serializers.CharField(help_text="The header `webhook-id`.")
    tries = serializers.IntegerField(help_text="Failed ones since it was made or replayed.")
    due_at = serializers.DateTimeField(help_text="While it is pending: not before.")
    status = serializers.IntegerField(allow_null=True, help_text="Of the last answer.")

    class Meta:
        model = Delivery
        fields = (
            "id", "endpoint", "event_id", "type", "event_at", "state", "tries", "due_at",
            "finished_at", "status", "error",
        )  # fmt: skip

    @extend_schema_field(str)
    def get_id(self, delivery: Delivery) -> str:
        return delivery_public_id(delivery)


class DeliveryDetailSerializer(DeliverySerializer):
    """With what was sent and answered; both null for who may not view the event itself."""

    body = serializers.SerializerMethodField()
    attempts = serializers.SerializerMethodField()

    class Meta(DeliverySerializer.Meta):
        fields = (*DeliverySerializer.Meta.fields, "body", "attempts")  # type: ignore[assignment]

    def _shown(self, delivery: Delivery) -> bool:
        return Viewer(self.context["request"]).sees(event_of(delivery))

    @extend_schema_field({"type": "object", "nullable": True})
    def get_body(self, delivery: Delivery) -> Any:
        return json.loads(delivery.body) if self._shown(delivery) else None

    @extend_schema_field(AttemptSerializer(many=True, allow_null=True))
    def get_attempts(self, delivery: Delivery) -> Any:
        return delivery.attempts if self._shown(delivery) else None


class DeliveryFilterSerializer(RangeSerializer):
    """Query parameters of the list."""

    endpoint = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    state = serializers.ChoiceField(choices=DeliveryState.choices, required=False)
    type = serializers.RegexField(r"\A[a-z_.]{1,120}\Z", required=False)
