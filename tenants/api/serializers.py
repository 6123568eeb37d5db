"""The shape of a tenant, and of what is asked of it."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ..models import Tenant, slug_validator
from ..selectors import primary_host


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """`error` says why provisioning or deletion stopped, if it did."""

    id = serializers.CharField(source="slug")
    schema = serializers.CharField(source="schema_name")
    host = serializers.SerializerMethodField()

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name", "schema", "host", "state", "error", "created_at")

    @extend_schema_field(str)
    def get_host(self, tenant: Tenant) -> str:
        return primary_host(tenant)


class OwnerSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)

    def validate_password(self, value: str) -> str:
        try:
            validate_password(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None
        return value


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A new operator",
            {
                "slug": "kibera",
                "name": "Kibera Networks",
                "owner": {"email": "owner@kibera.example", "password": "a long one, kept safe"},
            },
            request_only=True,
        )
    ]
)
class NewTenantSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(
        max_length=40,
        validators=[slug_validator],
        help_text="Never changes: the schema's and the role's name come from it.",
    )
    name = serializers.CharField(max_length=120)
    owner = OwnerSerializer(help_text="The tenant's first user.")


class SuspendSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, help_text="Kept in the audit trail.")


class DeleteSerializer(serializers.Serializer[Any]):
    confirm = serializers.CharField(help_text="The tenant's slug, typed.")
