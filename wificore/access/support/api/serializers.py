"""The shape of a support session, as the platform and as its tenant see it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.models import Tenant
from tenants.selectors import primary_host, tenant_get

from ...codes import TENANT_ROLES
from ..models import SupportSession
from ..services import DEFAULT_MINUTES, LONGEST_MINUTES

STATES = ("open", "ended", "expired")


class SupportSessionSerializer(serializers.ModelSerializer[SupportSession]):
    """Never its token."""

    id = serializers.CharField(source="public_id")
    state = serializers.SerializerMethodField()

    class Meta:
        model = SupportSession
        fields: tuple[str, ...] = (
            "id",
            "role",
            "reason",
            "operator",
            "state",
            "created_at",
            "expires_at",
            "ended_at",
            "ended_by",
        )

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, session: SupportSession) -> str:
        return session.state(timezone.now())


class PlatformSupportSessionSerializer(SupportSessionSerializer):
    tenant = serializers.CharField(source="slug")

    class Meta(SupportSessionSerializer.Meta):
        fields = ("tenant", *SupportSessionSerializer.Meta.fields)


class OpenedSupportSessionSerializer(PlatformSupportSessionSerializer):
    """The one answer with the token."""

    token = serializers.CharField(help_text="Shown this once only: `Authorization: Support ..`.")
    host = serializers.CharField(help_text="The tenant's host, where the token works.")

    class Meta(PlatformSupportSessionSerializer.Meta):
        fields = (*PlatformSupportSessionSerializer.Meta.fields, "token", "host")


class OpenSupportSessionSerializer(serializers.Serializer[Any]):
    tenant = serializers.CharField(max_length=40, help_text="Its slug.")
    role = serializers.ChoiceField(choices=tuple(TENANT_ROLES))
    reason = serializers.CharField(max_length=500, help_text="The tenant reads it.")
    minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_MINUTES, default=DEFAULT_MINUTES
    )

    def validate_tenant(self, slug: str) -> Tenant:
        try:
            return tenant_get(slug=slug)
        except Tenant.DoesNotExist:
            raise serializers.ValidationError(f"There is no tenant {slug}.") from None


def opened(session: SupportSession, clear: str, tenant: Tenant) -> dict[str, Any]:
    shown = PlatformSupportSessionSerializer(session).data
    return {**shown, "token": clear, "host": primary_host(tenant)}
