"""Shapes of the inbox."""

from typing import Any

from rest_framework import serializers

from wificore.access.api.serializers import SeverityField

from ..models import Notification


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    kind = serializers.CharField(source="event_type")
    severity = SeverityField()
    site = serializers.IntegerField(source="site_id", allow_null=True)
    link = serializers.CharField(help_text="A path of this host; empty: none.")

    class Meta:
        model = Notification
        fields = (
            "id", "kind", "severity", "title", "text", "link", "site", "created_at", "read_at",
        )  # fmt: skip


class InboxFilterSerializer(serializers.Serializer[Any]):
    """Query parameters of the inbox."""

    unread = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="true: unread ones only."
    )


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class KindSerializer(serializers.Serializer[Any]):
    """What people can be told of."""

    kind = serializers.CharField(source="event_type")
    severity = SeverityField()
    view = serializers.CharField(
        help_text="The permission it takes to hear of it; empty: it is told only to whom it is"
        " about."
    )
    opens_task = serializers.SerializerMethodField()

    def get_opens_task(self, kind: Any) -> bool:
        return kind.work is not None


class KindsSerializer(serializers.Serializer[Any]):
    """All of them: there are few, so they have no pages."""

    results = KindSerializer(many=True)
