"""/api/v1/water/transactions/ and /api/v1/wallets/{id}/leases/: what was, and may be, dispensed."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from transactions.wallets.api.fields import filled
from wificore.access.checks import ask, visible
from wificore.access.decide import Record
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.ranges import RangeSerializer, RangeViewSet
from wificore.kernel.public_ids import is_public_id

from .. import selectors, services
from ..models import DispenseState, Lease, WaterRefund, WaterTransaction
from .serializers import (
    LeaseSerializer,
    NewLeaseSerializer,
    RefundAskedSerializer,
    RefundedSerializer,
    TransactionSerializer,
    WaterRefundSerializer,
)
from .views import CREATED, wallet_or_404


class FilterSerializer(RangeSerializer):
    """What a list of dispenses is narrowed by."""

    kiosk = serializers.CharField(required=False, max_length=40)
    wallet = serializers.CharField(required=False, max_length=40)
    tag = serializers.CharField(required=False, max_length=40)
    site = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    state = serializers.ChoiceField(required=False, choices=DispenseState.choices)
    business_day = serializers.DateField(required=False)


NAMES = {
    "kiosk": "kiosk__public_id",
    "wallet": "wallet__public_id",
    "tag": "tag__public_id",
    "site": "site_id",
}


@extend_schema_view(list=extend_schema(parameters=[FilterSerializer]))
class TransactionViewSet(RangeViewSet):
    """What kiosks dispensed at the user's sites, newest first; the last 24 hours if none is said.

    `since` and `until` say when the records came in.
    """

    code_read = "water.transaction.view"
    serializer_class = TransactionSerializer
    range_serializer = FilterSerializer
    queryset = WaterTransaction.objects.none()
    keyset = ("received_at", "id")

    def get_queryset(self) -> QuerySet[WaterTransaction]:
        since, until, filters = self.time_range()
        rows = selectors.transactions(since, until)
        wanted = {NAMES.get(name, name): value for name, value in filters.items()}
        subject = self.request.user.subject()  # type: ignore[union-attr]
        return visible(rows, subject, "site_id").filter(**wanted)

    def row(self, *, public_id: str) -> WaterTransaction:
        return transaction_or_404(self.request, public_id)


class RefundViewSet(viewsets.GenericViewSet[Any]):
    """Money of one dispense that was given back."""

    code_read, code_write = "water.transaction.view", "water.transaction.refund"
    serializer_class = WaterRefundSerializer
    queryset = WaterRefund.objects.none()

    @extend_schema(responses=WaterRefundSerializer(many=True))
    def list(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        dispense = transaction_or_404(request, id)
        rows = selectors.refunds_of(dispense)
        shown = WaterRefundSerializer(rows, many=True).data
        return Response({"next": None, "previous": None, "results": shown})

    @extend_schema(request=RefundAskedSerializer, responses={201: RefundedSerializer})
    @idempotent(required=True)
    def create(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        dispense = transaction_or_404(request, id)
        wanted = filled(RefundAskedSerializer(data=request.data))
        amount = wanted["amount_micro"]
        record = Record(site=dispense.site_id, amount_micro=amount)
        decision = ask(request, self.code_write, record)
        if not decision.allowed:
            raise PermissionDenied(f"You may not refund this: {decision.rule}.")
        done = services.refund(dispense=dispense, amount_micro=amount, reason=wanted["reason"])
        return Response(RefundedSerializer(done).data, status=CREATED)


class LeaseViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Lease]):
    """What kiosks may spend of one wallet while they are offline, newest first."""

    code_read, code_write = "water.lease.view", "water.lease.manage"
    serializer_class = LeaseSerializer
    queryset = Lease.objects.none()
    exports = False

    def get_queryset(self) -> QuerySet[Lease]:
        return selectors.leases().filter(wallet=wallet_or_404(str(self.kwargs["id"])))

    @extend_schema(request=NewLeaseSerializer, responses={201: LeaseSerializer})
    @idempotent(required=True)
    def create(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        wallet = wallet_or_404(id)
        wanted = filled(NewLeaseSerializer(data=request.data))
        subject = request.user.subject()  # type: ignore[union-attr]
        kiosk = visible(selectors.kiosks(), subject, "site_id")
        name = wanted["kiosk"]
        found = kiosk.filter(public_id=name).first() if is_public_id(name) else None
        if found is None:
            raise Http404
        ttl = timedelta(seconds=wanted["ttl_s"])
        lease = services.lease_grant(
            wallet=wallet, kiosk=found, amount_micro=wanted["amount_micro"], ttl=ttl
        )
        return Response(LeaseSerializer(lease).data, status=CREATED)

    @extend_schema(request=None, responses=LeaseSerializer)
    @idempotent(required=True)
    def end(self, request: Request, id: str, lease: str) -> Response:  # noqa: A002  # the same
        """Let go what is left; one that has ended stays as it is."""
        rows = self.get_queryset()
        found = rows.filter(public_id=lease).first() if is_public_id(lease) else None
        if found is None:
            raise Http404
        done = services.lease_end(lease=found)
        return Response(LeaseSerializer(done).data, status=status.HTTP_200_OK)


def transaction_or_404(request: Any, id: str) -> WaterTransaction:  # noqa: A002  # the URL's word
    """One that the user sees."""
    found = selectors.transaction_seen(id, request.user.subject())
    if found is None:
        raise Http404
    return found
