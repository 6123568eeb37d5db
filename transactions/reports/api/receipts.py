"""GET /api/v1/tills/sales/{id}/receipt/: what the customer gets, as JSON or to print."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.reports.amounts import spaced
from transactions.reports.receipt import receipt_pdf
from transactions.tills import selectors
from transactions.wallets.api.fields import filled
from wificore.access.checks import visible
from wificore.access.selectors import zone
from wificore.kernel.public_ids import is_public_id


class ReceiptQuerySerializer(serializers.Serializer[Any]):
    export = serializers.ChoiceField(choices=["pdf"], required=False)


class SaleReceiptSerializer(serializers.Serializer[Any]):
    organisation = serializers.CharField()
    receipt = serializers.CharField(help_text="Its number for people.")
    at = serializers.DateTimeField(source="created_at")
    seller = serializers.CharField(source="seller_name")
    customer = serializers.CharField()
    plan = serializers.CharField(source="plan_name")
    pay = serializers.ChoiceField(choices=[("cash", "Cash"), ("wallet", "Wallet")])
    amount_micro = serializers.IntegerField()
    refunded_micro = serializers.IntegerField()
    currency = serializers.CharField()
    valid_until = serializers.DateTimeField(allow_null=True)


class ReceiptView(APIView):
    """One sale's."""

    code_read = "tills.sale.view"

    @extend_schema(
        parameters=[OpenApiParameter("export", str, enum=["pdf"], description="A strip to print.")],
        responses=SaleReceiptSerializer,
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:  # noqa: A002  # the URL's word
        if not is_public_id(id):
            raise Http404
        mine = visible(selectors.sales(), request.user.subject(), "site_id")  # type: ignore[union-attr]
        sale = mine.filter(public_id=id).first()
        if sale is None:
            raise Http404
        sale.organisation = request.tenant.name  # type: ignore[attr-defined]  # the middleware's
        export = filled(ReceiptQuerySerializer(data=request.query_params.dict())).get("export")
        if export is None:
            return Response(SaleReceiptSerializer(sale).data)
        answer = HttpResponse(_printed(sale), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{sale.receipt}.pdf"'
        return answer


def _printed(sale: Any) -> bytes:
    here = ZoneInfo(zone())
    until = sale.valid_until and sale.valid_until.astimezone(here)
    lines = [
        ("Receipt", sale.receipt),
        ("Date", f"{sale.created_at.astimezone(here):%d %b %Y %H:%M}"),
        ("Customer", sale.customer),
        ("Plan", sale.plan_name),
        ("Valid until", f"{until:%d %b %Y %H:%M}" if until else "no end"),
        ("Paid", sale.pay),
        ("Total", f"{sale.currency} {spaced(sale.amount_micro)}"),
    ]
    if sale.refunded_micro:
        lines.append(("Given back", f"{sale.currency} {spaced(sale.refunded_micro)}"))
    return receipt_pdf(sale.organisation, [*lines, ("Served by", sale.seller_name)], "Thank you")
