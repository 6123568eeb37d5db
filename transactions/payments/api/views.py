"""/api/v1/payments/: thin views over services and selectors."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.wallets.models import Wallet
from transactions.wallets.selectors import by_id as wallet_by_id
from wificore.access.checks import may
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import PublicLookup

from .. import selectors, services
from ..gateways.providers import CASH, check_reversals, gateway
from ..models import InboxMessage, Payment, Receipt, Suspense
from ..services.receipts import Typing
from ..tasks import ask_payment, send_order, send_return
from .serializers import (
    InboxSerializer,
    MatchedSerializer,
    MatchSerializer,
    NewPaymentSerializer,
    NewReceiptSerializer,
    PaymentSerializer,
    ReceiptSerializer,
    SuspenseSerializer,
)

VIEW = "payments.payment.view"
TRUST = "payments.receipt.trust"
STATUSES = {
    Typing.CREDITED: status.HTTP_201_CREATED,
    Typing.WAITING: status.HTTP_202_ACCEPTED,
    Typing.KNOWN: status.HTTP_200_OK,
}


class PaymentViewSet(
    PublicLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Payment],
):
    """Payments that staff asked customers for."""

    code_read, code_write = VIEW, "payments.payment.create"
    serializer_class = PaymentSerializer
    queryset = Payment.objects.none()
    search_fields = ("receipt", "checkout_id", "phone", "account_ref")
    filter_fields = {"state": "state", "provider": "provider", "wallet": "wallet__public_id"}

    def get_queryset(self) -> QuerySet[Payment]:
        return selectors.payments()

    @extend_schema(request=NewPaymentSerializer, responses={201: PaymentSerializer})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        form = NewPaymentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        if given["provider"] != CASH:
            gateway(given["provider"])  # refuses what is switched off
        given["wallet"] = wallet_or_404(given["wallet"])
        row = Payment(created_by=own_id(request), **given)
        if given["provider"] == CASH:
            payment = services.payment_cash(payment=row)
        else:
            payment = services.payment_create(payment=row)
            send_order.enqueue(payment.pk)
        return Response(PaymentSerializer(payment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={202: PaymentSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        """Ask the provider now what became of it; the payment tells when it knows."""
        payment = self.get_object()
        with transaction.atomic():  # a broker that is away is no error: beat asks as well
            ask_payment.enqueue(payment.pk)
        return Response(PaymentSerializer(payment).data, status=status.HTTP_202_ACCEPTED)


class ReceiptViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Receipt]):
    """Receipts of money that came; staff may type one from a customer's phone."""

    code_read, code_write = VIEW, "payments.receipt.create"
    serializer_class = ReceiptSerializer
    queryset = Receipt.objects.none()
    search_fields = ("receipt", "account_ref")
    filter_fields = {"provider": "provider", "unverified": "unverified", "state": "state"}

    def get_queryset(self) -> QuerySet[Receipt]:
        return selectors.receipts().select_related("payment")

    @extend_schema(
        request=NewReceiptSerializer,
        responses={200: ReceiptSerializer, 201: ReceiptSerializer, 202: ReceiptSerializer},
    )
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        form = NewReceiptSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = {**form.validated_data, "wallet": wallet_or_404(form.validated_data["wallet"])}
        typed = services.receipt_type(
            row=Receipt(**given), trusted=may(request, TRUST), by=own_id(request)
        )
        return Response(ReceiptSerializer(typed.row).data, status=STATUSES[typed.typing])


class SuspenseViewSet(
    PublicLookup, Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Suspense]
):
    """Money whose owner is not known."""

    code_read, code_write = VIEW, "payments.suspense.match"
    serializer_class = SuspenseSerializer
    queryset = Suspense.objects.none()

    def get_queryset(self) -> QuerySet[Suspense]:
        receipt = plain(self.request.query_params.get("receipt", ""), "receipt").strip().upper()
        rows = selectors.suspense()
        return rows.filter(receipt__receipt=receipt) if receipt else rows

    @extend_schema(parameters=[OpenApiParameter("receipt", str)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=MatchSerializer, responses=MatchedSerializer)
    @action(detail=True, methods=["post"])
    @idempotent(required=True)
    def match(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        """Credit it to the wallet whose it is."""
        found = selectors.suspense_by_id(id)
        if found is None:
            raise Http404
        form = MatchSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = wallet_or_404(form.validated_data["wallet"])
        done = services.suspense_match(suspense=found.pk, wallet=wallet, by=own_id(request))
        return Response(MatchedSerializer(done).data)


class ReturnView(APIView):
    """Give money in suspense back to whoever paid it."""

    code_write = "payments.suspense.return"

    @extend_schema(
        request=None,
        responses={202: SuspenseSerializer},
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH)],
    )
    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        found = selectors.suspense_by_id(id)
        if found is None:
            raise Http404
        check_reversals()
        done = services.return_ask(suspense=found.pk, by=own_id(request))
        send_return.enqueue(done.pk)
        return Response(SuspenseSerializer(done).data, status=status.HTTP_202_ACCEPTED)


class InboxViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[InboxMessage]):
    """What providers, and strangers, posted to the callbacks, and what came of it."""

    code_read = VIEW
    serializer_class = InboxSerializer
    queryset = InboxMessage.objects.none()
    filter_fields = {"door": "door", "outcome": "outcome"}

    def get_queryset(self) -> QuerySet[InboxMessage]:
        return selectors.inbox(plain(self.request.query_params.get("ref", ""), "ref"))

    @extend_schema(parameters=[OpenApiParameter("ref", str, description="Checkout id or receipt.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


def plain(text: str, name: str) -> str:
    """A text that PostgreSQL can compare. Raises ValidationError."""
    if "\0" in text:
        raise ValidationError({name: ["Use printable characters only."]})
    return text


def wallet_or_404(public_id: str) -> Wallet:
    """404 for another tenant's, as for one that does not exist."""
    wallet = wallet_by_id(public_id)
    if wallet is None:
        raise Http404
    return wallet


def own_id(request: Request) -> int | None:
    """The user's id; None for a support session."""
    return request.user.pk if request.user.pk else None
