"""/api/v1/voucher-batches/ and /api/v1/vouchers/: thin views; whoever shows a code is recorded."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from radius.vouchers import codes, printing, selectors, services
from radius.vouchers.models import State, Voucher, VoucherBatch
from wificore.access.selectors import zone
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing, table
from wificore.kernel.api.rows import MAX_ID, RowLookup
from wificore.kernel.audit import record_read

from .voucher_serializers import (
    TypedVoucherSerializer,
    VoucherBatchDetailSerializer,
    VoucherBatchSerializer,
    VoucherCodeSerializer,
    VoucherCodesQuerySerializer,
    VoucherSerializer,
    VouchersVoidedSerializer,
    VoucherVoidSerializer,
)

VIEW, MANAGE, REVEAL = "radius.voucher.view", "radius.voucher.manage", "radius.voucher.reveal"


class BatchViewSet(
    RowLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[VoucherBatch],
):
    """Vouchers that were made together. Many are made by a job: `filled_at` says when all are."""

    code_read, code_write = VIEW, MANAGE
    queryset = selectors.batches()
    search_fields = ("name",)
    filter_fields = {"plan": "plan_id", "reseller": "reseller"}
    basename = "voucher-batch"

    def get_serializer_class(self) -> Any:
        return VoucherBatchSerializer if self.action == "list" else VoucherBatchDetailSerializer

    @extend_schema(request=VoucherBatchSerializer, responses={201: VoucherBatchDetailSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        form = _filled(VoucherBatchSerializer(data=request.data))
        batch = services.voucher_batch_create(**form)
        return Response(VoucherBatchDetailSerializer(batch).data, status=status.HTTP_201_CREATED)


class VoucherViewSet(
    RowLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Voucher],
):
    """Vouchers without their codes, newest first."""

    code_read = VIEW
    serializer_class = VoucherSerializer
    queryset = selectors.vouchers()
    filter_fields = {"batch": "batch_id"}
    basename = "voucher"

    def get_queryset(self) -> QuerySet[Voucher]:
        rows, state = selectors.vouchers(), self.request.query_params.get("state")
        if state in (None, "") or self.action != "list":
            return rows
        if state not in State.values:
            raise serializers.ValidationError({"state": [f"One of {', '.join(State.values)}."]})
        return rows.filter(state_now=state)

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=State.values)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class FindView(APIView):
    """The voucher that a code on paper belongs to."""

    # A POST, so that no code stands in a log of addresses; it changes nothing.
    code_write = VIEW

    @extend_schema(request=TypedVoucherSerializer, responses=VoucherSerializer)
    def post(self, request: Request) -> Response:
        found = selectors.voucher_by_code(
            _filled(TypedVoucherSerializer(data=request.data))["code"]
        )
        if found is None:
            raise Http404
        return Response(VoucherSerializer(found).data)


class RevealView(APIView):
    """One voucher's code; the audit trail says who saw it."""

    code_write = REVEAL

    @extend_schema(request=None, responses=VoucherCodeSerializer)
    def post(self, request: Request, pk: str) -> Response:
        voucher = _voucher(pk)
        record_read("voucher.revealed", "voucher", voucher.pk)
        return Response(VoucherCodeSerializer(_code(voucher)).data)


class VoidView(APIView):
    """Nobody is let in by it any more."""

    code_write = MANAGE

    @extend_schema(request=VoucherVoidSerializer, responses=VoucherSerializer)
    def post(self, request: Request, pk: str) -> Response:
        voucher = _voucher(pk)
        reason = _filled(VoucherVoidSerializer(data=request.data))["reason"]
        done = services.voucher_void(voucher=voucher, reason=reason)
        return Response(VoucherSerializer(done).data)


class BatchVoidView(APIView):
    """Void what nobody has begun."""

    code_write = MANAGE

    @extend_schema(request=VoucherVoidSerializer, responses=VouchersVoidedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        batch = _batch(pk)
        reason = _filled(VoucherVoidSerializer(data=request.data))["reason"]
        number = services.voucher_batch_void(batch=batch, reason=reason)
        return Response({"vouchers": number})


class CodesView(APIView):
    """A batch's codes: as JSON, as CSV, or as sheets of A4 to print; not of void ones."""

    code_read = REVEAL

    @extend_schema(
        parameters=[VoucherCodesQuerySerializer], responses=VoucherCodeSerializer(many=True)
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        batch = _batch(pk)
        wanted = _filled(VoucherCodesQuerySerializer(data=request.query_params.dict()))
        export, part = wanted.get("export", ""), wanted["part"]
        asked = {"export": export, "part": part}
        record_read("voucher_batch.revealed", "voucher_batch", batch.pk, asked)
        rows = selectors.vouchers().filter(batch=batch).exclude(state=State.VOID).order_by("pk")
        if export == "pdf":
            rows = rows[(part - 1) * printing.PART : part * printing.PART]
        shown = [_code(voucher) for voucher in rows]
        if not export:
            return Response(VoucherCodeSerializer(shown, many=True).data)
        if export == "csv":
            answer = HttpResponse(table(shown), content_type="text/csv; charset=utf-8")
        else:
            organisation = str(request.tenant.name)  # type: ignore[attr-defined]  # the middleware's
            sheets = printing.sheets(batch, shown, organisation, ZoneInfo(zone()))
            answer = HttpResponse(sheets, content_type="application/pdf")
        name = f"vouchers-{batch.pk}{f'-{part}' if part > 1 else ''}.{export}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer


def _code(voucher: Voucher) -> dict[str, Any]:
    return {
        "id": voucher.pk,
        "account": voucher.account,
        "state": voucher.state_now,  # type: ignore[attr-defined]  # annotated by the selector
        "code": codes.printed(selectors.code_of(voucher)),
    }


def _voucher(raw: str) -> Voucher:
    found = selectors.voucher_get(voucher=_number(raw))
    if found is None:
        raise Http404
    return found


def _batch(raw: str) -> VoucherBatch:
    found = selectors.batch_get(batch=_number(raw))
    if found is None:
        raise Http404
    return found


def _number(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and int(raw) <= MAX_ID):
        raise Http404
    return int(raw)


def _filled(form: Any) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    values: dict[str, Any] = form.validated_data
    return values
