"""/api/v1/tills/ and cash top-ups: thin views over services and selectors."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.tills import selectors, services
from transactions.tills.closing import draft
from transactions.tills.models import DayClose, Sale, Shift
from transactions.wallets.api.fields import VoucherSaleRequestSerializer, filled
from transactions.wallets.buyers import buyer, plan_of, voucher_of
from transactions.wallets.selectors import by_id
from wificore.access.checks import ask
from wificore.access.decide import Record
from wificore.kernel.actor import current_actor
from wificore.kernel.api.idempotency import idempotent

from .approvals import RefundApprovalSerializer
from .rows import Rows
from .serializers import (
    CloseDaySerializer,
    CloseShiftSerializer,
    DaySerializer,
    OpenShiftSerializer,
    PreviewQuerySerializer,
    PreviewSerializer,
    RefundRequestSerializer,
    RefundSerializer,
    SaleRequestSerializer,
    SaleSerializer,
    ShiftSerializer,
    TopUpRequestSerializer,
    TopUpSerializer,
)

CREATED = status.HTTP_201_CREATED


class ShiftViewSet(Rows):
    """Drawers, and who answers for them."""

    code_read, code_write = "tills.shift.view", "tills.shift.manage"
    serializer_class = ShiftSerializer
    queryset = selectors.shifts()
    filter_fields = {"site": "site_id", "cashier": "cashier"}

    @extend_schema(request=OpenShiftSerializer, responses={201: ShiftSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        wanted = filled(OpenShiftSerializer(data=request.data))
        self.check_site(wanted["site"])
        shift = services.shift_open(float_micro=wanted["float_micro"], site=wanted["site"])
        return Response(ShiftSerializer(shift).data, status=CREATED)

    @extend_schema(responses=ShiftSerializer)
    @action(detail=False, methods=["get"])
    def current(self, request: Request) -> Response:
        """The caller's own open shift; 404: there is none."""
        who = current_actor()
        shift = selectors.shift_open_of(int(who.id)) if who.kind == "user" else None
        if shift is None:
            raise Http404
        return Response(ShiftSerializer(shift).data)

    @extend_schema(request=CloseShiftSerializer, responses={200: ShiftSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def close(self, request: Request, **_kwargs: Any) -> Response:
        """Count the drawer; somebody else's only with the right to close days."""
        shift: Shift = self.get_object()
        wanted = filled(CloseShiftSerializer(data=request.data))
        if str(shift.cashier) != request.user.subject().id:  # type: ignore[union-attr]
            decision = ask(request, "tills.day.close", Record(site=shift.site_id))
            if not decision.allowed:
                raise PermissionDenied("This is another cashier's shift.")
        counted, note = wanted["counted_micro"], wanted["note"]
        done = services.shift_close(shift=shift, counted_micro=counted, note=note)
        return Response(ShiftSerializer(done).data)


class SaleViewSet(Rows):
    """Plans that were sold over the counter."""

    code_read, code_write = "tills.sale.view", "tills.sale.create"
    serializer_class = SaleSerializer
    queryset = Sale.objects.select_related("shift")
    search_fields = ("customer", "plan_name")
    filter_fields = {"subscriber": "subscriber", "pay": "pay", "site": "site_id"}

    @extend_schema(request=SaleRequestSerializer, responses={201: SaleSerializer})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        wanted = filled(SaleRequestSerializer(data=request.data))
        sale = services.sale_make(
            subscriber=buyer(wanted), plan=plan_of(wanted["plan"]), pay=wanted["pay"]
        )
        return Response(SaleSerializer(sale).data, status=CREATED)


class VoucherSaleView(APIView):
    """Sell a printed voucher for cash."""

    code_write = "tills.sale.create"

    @extend_schema(request=VoucherSaleRequestSerializer, responses={201: SaleSerializer})
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        wanted = filled(VoucherSaleRequestSerializer(data=request.data))
        sale = services.voucher_sale_make(voucher=voucher_of(wanted))
        return Response(SaleSerializer(sale).data, status=CREATED)


class RefundViewSet(Rows):
    """Money of one sale that was given back."""

    code_read, code_write = "tills.sale.view", "tills.sale.refund"
    serializer_class = RefundSerializer
    queryset = selectors.sales()

    @extend_schema(request=None, responses=RefundSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = selectors.refunds_of(self.get_object()).select_related("sale")
        return Response({"next": None, "previous": None, "results": self._shown(rows)})

    @extend_schema(
        request=RefundRequestSerializer,
        responses={201: RefundSerializer, 202: RefundApprovalSerializer},
    )
    @idempotent(required=True)
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """202: it is above one's limit, and waits for a second person."""
        sale: Sale = self.get_object()
        wanted = filled(RefundRequestSerializer(data=request.data))
        amount, pay = wanted["amount_micro"], wanted.get("pay", sale.pay)
        record = Record(site=sale.site_id, maker=str(sale.seller), amount_micro=amount)
        decision = ask(request, "tills.sale.refund", record)
        own = Record(site=sale.site_id, maker=str(sale.seller))
        if decision.reason == "limit" and ask(request, "tills.sale.refund", own).allowed:
            waits = services.refund_ask(
                sale=sale, amount_micro=amount, pay=pay, reason=wanted["reason"]
            )
            return Response(RefundApprovalSerializer(waits).data, status=status.HTTP_202_ACCEPTED)
        if not decision.allowed:
            raise PermissionDenied(f"You may not refund this: {decision.rule}.")
        refund = services.sale_refund(
            sale=sale, amount_micro=amount, pay=pay, reason=wanted["reason"]
        )
        return Response(RefundSerializer(refund).data, status=CREATED)

    def _shown(self, rows: QuerySet[Any]) -> Any:
        return RefundSerializer(rows, many=True).data


class DayViewSet(Rows):
    """Days that are closed, each chained to the one before it at its site."""

    code_read, code_write = "tills.day.view", "tills.day.close"
    serializer_class = DaySerializer
    queryset = DayClose.objects.all()
    filter_fields = {"site": "site_id", "day": "day"}
    exports = False

    @extend_schema(request=CloseDaySerializer, responses={201: DaySerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        wanted = filled(CloseDaySerializer(data=request.data))
        self.check_site(wanted["site"])
        return Response(DaySerializer(services.day_close(**wanted)).data, status=CREATED)

    @extend_schema(parameters=[PreviewQuerySerializer], responses=PreviewSerializer)
    @action(detail=False, methods=["get"], pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What a close of this day would say now, and what would have to be explained."""
        wanted = filled(PreviewQuerySerializer(data=request.query_params.dict()))
        self.check_site(wanted["site"])
        return Response(PreviewSerializer(draft(**wanted)).data)


class TopUpView(APIView):
    """Cash from a customer into the caller's drawer and the customer's wallet."""

    code_write = "wallets.topup.create"

    @extend_schema(request=TopUpRequestSerializer, responses={201: TopUpSerializer})
    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        wallet = by_id(id)
        if wallet is None:
            raise Http404
        wanted = filled(TopUpRequestSerializer(data=request.data))
        done = services.cash_top_up(wallet=wallet, amount_micro=wanted["amount_micro"])
        answer = {
            "transfer": str(done.transfer),
            "wallet": wallet.public_id,
            "amount_micro": done.amount_micro,
            "currency": wallet.currency,
            "receivable_paid_micro": done.receivable_paid_micro,
            "balance_micro": done.balance_micro,
        }
        return Response(TopUpSerializer(answer).data, status=CREATED)
