"""/api/v1/payments/mpesa/, /paystack/ and /callback-urls/: accounts at the providers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.kernel.api.errors import DomainError

from .. import services
from ..gateways.mpesa.mapping import plain_phone
from ..gateways.provider import NotAsked, Uncertain
from ..gateways.providers import callback_token, mpesa_account, mpesa_gateway, paystack_account
from ..processing import callback_base
from ..services.accounts import MPESA_SECRETS
from .serializers import (
    MpesaSerializer,
    PaystackSerializer,
    RegisteredSerializer,
    RegisterSerializer,
    RotateSerializer,
    UrlsSerializer,
)

SEE, MANAGE = "payments.account.view", "payments.account.manage"


class NotRegistered(DomainError):
    """The provider would not, or does not answer."""

    status = 409
    code = "provider_refused"


class MpesaView(APIView):
    """The organisation's account at M-Pesa."""

    code_read, code_write = SEE, MANAGE

    @extend_schema(responses=MpesaSerializer)
    def get(self, request: Request) -> Response:
        return Response(MpesaSerializer(mpesa_account()).data)

    @extend_schema(request=MpesaSerializer, responses=MpesaSerializer)
    def patch(self, request: Request) -> Response:
        row = mpesa_account()
        given = _filled(row, MpesaSerializer(row, data=request.data, partial=True), MPESA_SECRETS)
        services.mpesa_account_save(row=row, secrets_given=given)
        return Response(MpesaSerializer(row).data)


class PaystackView(APIView):
    """The organisation's account at Paystack."""

    code_read, code_write = SEE, MANAGE

    @extend_schema(responses=PaystackSerializer)
    def get(self, request: Request) -> Response:
        return Response(PaystackSerializer(paystack_account()).data)

    @extend_schema(request=PaystackSerializer, responses=PaystackSerializer)
    def patch(self, request: Request) -> Response:
        row = paystack_account()
        given = _filled(
            row, PaystackSerializer(row, data=request.data, partial=True), {"secret_key"}
        )
        services.paystack_account_save(row=row, secrets_given=given)
        return Response(PaystackSerializer(row).data)


class CallbackUrlsView(APIView):
    """Where providers tell us; the URLs hold a secret."""

    code_write = MANAGE

    @extend_schema(request=RotateSerializer, responses=UrlsSerializer)
    def post(self, request: Request) -> Response:
        form = RotateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["rotate"] or not callback_token():
            services.mpesa_callback_token()
        base = callback_base()
        urls = {
            "stk": f"{base}/stk",
            "confirmation": f"{base}/c2b/confirmation",
            "validation": f"{base}/c2b/validation",
            "paystack": f"{base}/paystack",
        }
        return Response(UrlsSerializer(urls).data)


class RegisterView(APIView):
    """Tell Safaricom where payments to the paybill are told."""

    code_write = MANAGE

    @extend_schema(request=RegisterSerializer, responses=RegisteredSerializer)
    def post(self, request: Request) -> Response:
        form = RegisterSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        number = form.validated_data.get("nominated_number", "")
        daraja, base = mpesa_gateway(), callback_base()
        try:
            reference = daraja.register(base)
            if number:
                daraja.register_pull(plain_phone(number), base)
        except NotAsked as error:
            raise NotRegistered(error.message) from None
        except Uncertain as error:
            raise NotRegistered(f"M-Pesa did not answer, try again: {error}") from None
        return Response(RegisteredSerializer({"reference": reference}).data)


def _filled(row: Any, form: Any, secrets: set[str]) -> dict[str, str]:
    """Put the form's values into the row; returns the secrets that were given."""
    form.is_valid(raise_exception=True)
    fields = dict(form.validated_data)
    given = {name: fields.pop(name) for name in secrets & fields.keys()}
    for name, value in fields.items():
        setattr(row, name, value)
    return given
