"""/api/v1/me/ and /api/v1/auth/tokens/."""

from ipaddress import ip_network
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.files.selectors import avatar_urls

from .. import services
from ..models import ApiToken, User
from .permissions import SIGNED_IN


@extend_schema_serializer(component_name="MyTenant")  # the platform's API has a Tenant of its own
class TenantSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    schema = serializers.CharField(source="schema_name")
    name = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    email = serializers.EmailField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    avatar = serializers.CharField(allow_null=True, help_text="Where the picture is, for a day.")
    tenant = TenantSerializer(allow_null=True)


class MeView(APIView):
    """Who am I, and at whose host?"""

    code_read = SIGNED_IN

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        roles = [role.name for role in user.subject().roles]
        # The id as `decide` knows it: a support session has no row among the users.
        known = {"id": user.subject().id, "email": user.email, "name": user.name}
        avatar = avatar_urls([user.pk]).get(user.pk) if user.pk else None
        fields = {**known, "roles": roles, "avatar": avatar}
        tenant = getattr(request, "tenant", None)
        return Response(MeSerializer({**fields, "tenant": tenant}).data)


def check_network(value: str) -> None:
    try:
        ip_network(value, strict=False)
    except ValueError:
        message = "Give an IP address or a network like 10.0.0.0/8."
        raise serializers.ValidationError(message) from None


class AbilitiesField(serializers.ListField):
    child = serializers.CharField(max_length=80)


class TokenRequestSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    abilities = AbilitiesField(required=False, allow_null=True, max_length=200)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    allowed_ips = serializers.ListField(
        child=serializers.CharField(max_length=50, validators=[check_network]),
        required=False,
        max_length=50,
    )


class TokenSerializer(serializers.Serializer[Any]):
    """A token as it is listed: never its text."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    abilities = AbilitiesField(allow_null=True)
    allowed_ips = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)
    created_at = serializers.DateTimeField(source="created")


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="Shown this once only.")


class TokenViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[ApiToken],
):
    """The caller's own API tokens."""

    code_read = code_write = "access.token.manage"
    serializer_class = TokenSerializer
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    keyset = ("created", "public_id")
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        rows: QuerySet[ApiToken] = ApiToken.objects.filter(user=cast(User, self.request.user))
        return rows

    @extend_schema(request=TokenRequestSerializer, responses={201: NewTokenSerializer})
    def create(self, request: Request) -> Response:
        form = TokenRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        maker = request.auth if isinstance(request.auth, ApiToken) else None
        token, clear = services.token_create(
            user=cast(User, request.user), made_with=maker, **form.validated_data
        )
        data = {**TokenSerializer(token).data, "token": clear}
        return Response(data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: ApiToken) -> None:
        services.token_revoke(token=instance)
