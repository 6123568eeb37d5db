"""/api/v1/access/providers/."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ...guard import writer
from .. import services
from ..models import OIDC, SignInProvider
from ..oidc.provider import callback_path
from ..probe import provider_probe
from ..selectors import providers

MAX_ID = 2**63 - 1


class RoleMapSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(max_length=300)
    role = serializers.CharField(max_length=60)


class ProviderSerializer(serializers.ModelSerializer[SignInProvider]):
    """A provider; its secret goes in and never comes out."""

    id = serializers.CharField(read_only=True)
    config = serializers.DictField(
        help_text="For `oidc`: issuer, client_id, scope, groups_claim, trust_addresses. For `ldap`:"
        " server, start_tls, ca_certificates, bind_dn, user_base, user_filter, email_attribute,"
        " name_attribute, subject_attribute, group_base, group_filter, group_type."
    )
    secret = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=1000,
        trim_whitespace=False,
        help_text="The client secret, or the password of `bind_dn`. Absent: as it is.",
    )
    has_secret = serializers.BooleanField(read_only=True)
    role_map = RoleMapSerializer(many=True, required=False)
    callback_url = serializers.SerializerMethodField(
        help_text="What to register at an OpenID provider; empty for LDAP."
    )

    class Meta:
        model = SignInProvider
        fields = (
            "id", "kind", "slug", "name", "config", "secret", "has_secret", "active", "role_map",
            "create_users", "default_role", "callback_url", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("created_at", "updated_at")
        # The service answers 409 in the contract's words.
        extra_kwargs: ClassVar[dict[str, Any]] = {"slug": {"validators": []}}

    def get_callback_url(self, provider: SignInProvider) -> str:
        if provider.kind != OIDC:
            return ""
        return str(self.context["request"].build_absolute_uri(callback_path(provider.slug)))

    def validate_kind(self, value: str) -> str:
        if self.instance and self.instance.kind != value:
            raise serializers.ValidationError("A provider's kind stays: make another provider.")
        return value

    def create(self, validated_data: dict[str, Any]) -> SignInProvider:
        return services.provider_create(**validated_data, by=writer(self.context["request"]))

    def update(self, instance: SignInProvider, validated_data: dict[str, Any]) -> SignInProvider:
        return services.provider_update(
            provider=instance, **validated_data, by=writer(self.context["request"])
        )


class OutcomeSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    message = serializers.CharField()


class ProviderViewSet(viewsets.ModelViewSet[SignInProvider]):
    """Where this tenant's people may sign in besides passwords: OpenID providers, directories."""

    code_read = "access.provider.view"
    code_write = "access.provider.manage"
    serializer_class = ProviderSerializer
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    keyset = ("created_at", "id")

    def get_queryset(self) -> QuerySet[SignInProvider]:
        return providers()

    def get_object(self) -> SignInProvider:
        """404 for whatever cannot be an id, as for one that does not exist."""
        raw = str(self.kwargs["id"])
        if not (raw.isascii() and raw.isdigit() and int(raw) <= MAX_ID):
            raise Http404
        return super().get_object()

    def perform_destroy(self, instance: SignInProvider) -> None:
        services.provider_delete(provider=instance)

    @extend_schema(request=None, responses=OutcomeSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, id: str) -> Response:  # noqa: A002  # the route's name for it
        """Connect as a sign-in would, and tell what happens."""
        outcome = provider_probe(self.get_object())
        return Response(OutcomeSerializer(outcome).data)
