"""A realtime app in JSON."""

from typing import Any

from rest_framework import serializers

from ..models import WEBHOOK_EVENTS, App
from ..rules import LONGEST_URL, MOST_CONNECTIONS, MOST_ORIGINS
from ..selectors import secrets_shown


class SecretSerializer(serializers.Serializer[Any]):
    """A secret without what is secret of it."""

    id = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class NewSecretSerializer(SecretSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown this once.")


class AppSerializer(serializers.ModelSerializer[App]):
    """Settings are changed by PATCH; secrets at `secrets/`."""

    app_id = serializers.CharField(source="pk", read_only=True)
    blocked = serializers.BooleanField(
        read_only=True, help_text="The platform switched it off, whatever `enabled` says."
    )
    max_connections = serializers.IntegerField(
        min_value=1,
        max_value=MOST_CONNECTIONS,
        required=False,
        help_text="Sockets that may be open at the same time.",
    )
    client_events = serializers.BooleanField(
        required=False, help_text="Whether clients may send `client-` events to each other."
    )
    allowed_origins = serializers.ListField(
        child=serializers.CharField(max_length=300),
        max_length=MOST_ORIGINS,
        required=False,
        help_text="Pages of other hosts that may connect: https://shop.example",
    )
    webhook_url = serializers.CharField(
        max_length=LONGEST_URL,
        allow_blank=True,
        required=False,
        help_text="Where to tell of channels and members; empty: nowhere.",
    )
    webhook_events = serializers.ListField(
        child=serializers.ChoiceField(choices=WEBHOOK_EVENTS), required=False
    )
    secrets = serializers.SerializerMethodField(help_text="Newest first; two while they rotate.")

    class Meta:
        model = App
        fields = (
            "app_id",
            "key",
            "enabled",
            "blocked",
            "max_connections",
            "client_events",
            "allowed_origins",
            "webhook_url",
            "webhook_events",
            "secrets",
        )
        read_only_fields = ("key",)

    def get_secrets(self, app: App) -> list[dict[str, Any]]:
        return secrets_shown(app)


class PlatformAppSerializer(serializers.ModelSerializer[App]):
    """What the platform sees of every tenant's app; it may change `blocked`."""

    id = serializers.CharField(read_only=True)
    tenant = serializers.CharField(read_only=True)
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, write_only=True
    )

    class Meta:
        model = App
        fields = (
            "id",
            "tenant",
            "key",
            "enabled",
            "blocked",
            "max_connections",
            "client_events",
            "webhook_url",
            "created_at",
            "reason",
        )
        read_only_fields = ("key", "enabled", "max_connections", "client_events", "webhook_url")
