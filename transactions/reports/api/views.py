"""/api/v1/reports/: thin views over selectors."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.ledger.selectors import currency_of_tenant
from transactions.reports import selectors
from transactions.wallets.api.fields import filled
from wificore.access.selectors import zone

from .serializers import (
    AtSerializer,
    CostsSerializer,
    FloatsSerializer,
    IncomeQuerySerializer,
    IncomeSerializer,
    LiabilitySerializer,
    SuspenseSerializer,
    TimeSerializer,
)


class ReportView(APIView):
    code_read = "reports.report.view"


def answered(shape: type[Any], figures: dict[str, Any]) -> Response:
    return Response(shape({"currency": currency_of_tenant(), **figures}).data)


class IncomeView(ReportView):
    """What was earned, and what money came, by channel and hour or day."""

    @extend_schema(parameters=[IncomeQuerySerializer], responses=IncomeSerializer)
    def get(self, request: Request) -> Response:
        wanted = filled(IncomeQuerySerializer(data=request.query_params.dict()))
        since, until = wanted["since"], wanted["until"]
        grouping = {"by": wanted["by"], "zone": ZoneInfo(zone())}
        figures = {
            "since": since,
            "until": until,
            "income": selectors.income(since, until, **grouping),
            "received": selectors.received(since, until, **grouping),
        }
        return answered(IncomeSerializer, figures)


class FloatsView(ReportView):
    """What resellers have left, the poorest first, and where cash is."""

    @extend_schema(responses=FloatsSerializer)
    def get(self, request: Request) -> Response:
        return answered(FloatsSerializer, selectors.floats())


class LiabilityView(ReportView):
    """What the organisation owes, now or at a moment."""

    @extend_schema(parameters=[AtSerializer], responses=LiabilitySerializer)
    def get(self, request: Request) -> Response:
        wanted = filled(AtSerializer(data=request.query_params.dict()))
        at = wanted.get("at", timezone.now())
        return answered(LiabilitySerializer, {"at": at, **selectors.liability(at)})


class CostsView(ReportView):
    """Fees, commission, overrun and refunds."""

    @extend_schema(parameters=[TimeSerializer], responses=CostsSerializer)
    def get(self, request: Request) -> Response:
        wanted = filled(TimeSerializer(data=request.query_params.dict()))
        found = selectors.costs(wanted["since"], wanted["until"])
        return answered(CostsSerializer, {**wanted, "costs": found})


class SuspenseView(ReportView):
    """Money that came and is nobody's yet, by how long it waits."""

    @extend_schema(responses=SuspenseSerializer)
    def get(self, request: Request) -> Response:
        return answered(SuspenseSerializer, selectors.suspense())
