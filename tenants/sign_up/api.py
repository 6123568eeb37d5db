"""/api/platform/sign-up/ for strangers, /api/platform/sign-ups/ for operators."""

import hashlib
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.kernel.throttle import source_of, too_many

from ..api.serializers import NewTenantSerializer, TenantSerializer
from ..hooks import Owner
from ..models import SignUp
from . import services

HOUR_S = 3600
# How many an hour: of one network, and for one address that is written to.
PER_SOURCE, PER_ADDRESS = 20, 3


class KeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=100)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class SignUpSerializer(serializers.ModelSerializer[SignUp]):
    id = serializers.CharField()

    class Meta:
        model = SignUp
        fields = ("id", "slug", "name", "owner_email", "state", "created_at", "decided_at")


@extend_schema(exclude=True)  # the contract names the operations that answer strangers
class StrangersView(APIView):
    """Anybody may call it while the platform takes sign-ups."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        services.sign_up_check_open()
        source = source_of(request._request)
        if too_many("sign-up", source, most=PER_SOURCE, seconds=HOUR_S):
            raise Throttled(HOUR_S)


class AskView(StrangersView):
    def post(self, request: Request) -> Response:
        """Ask for a tenant: the address gets a mail. The answer is the same for any address."""
        form = NewTenantSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        owner = Owner(**fields.pop("owner"))
        address = hashlib.sha256(owner.email.strip().lower().encode()).hexdigest()
        if too_many("sign-up-mail", address, most=PER_ADDRESS, seconds=HOUR_S):
            raise Throttled(HOUR_S)
        asked = services.sign_up_ask(owner=owner, **fields)
        return Response({"slug": asked.slug, "state": asked.state}, status.HTTP_202_ACCEPTED)


class ConfirmView(StrangersView):
    def post(self, request: Request) -> Response:
        """The key of the mail, sent back."""
        form = KeySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = services.sign_up_confirm(**form.validated_data)
        return Response({"slug": asked.slug, "state": asked.state})


class SignUpViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SignUp]
):
    """What strangers asked for, newest first; operators decide what is `confirmed`."""

    code_read, code_write = "tenants.tenant.view", "tenants.tenant.manage"
    serializer_class = SignUpSerializer
    queryset = SignUp.objects.all()
    keyset = ("created_at", "id")
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(request=None, responses={202: TenantSerializer})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Order the tenant; its `state` becomes `active` within seconds."""
        tenant = services.sign_up_approve(asked=self.get_object())
        return Response(TenantSerializer(tenant).data, status.HTTP_202_ACCEPTED)

    @extend_schema(request=ReasonSerializer, responses=SignUpSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Say no; the reason is kept in the audit trail and not told to the asker."""
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = self.get_object()
        services.sign_up_decline(asked=asked, **form.validated_data)
        asked.refresh_from_db()
        return Response(SignUpSerializer(asked).data)
