"""/api/v1/reports/water/: as JSON, or as a file by `?export=csv`; of kiosks at one's own sites."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from transactions.ledger.selectors import currency_of_tenant
from transactions.reports import water
from transactions.wallets.api.fields import filled
from transactions.water.selectors import kiosks
from wificore.access.checks import visible
from wificore.access.selectors import zone
from wificore.kernel.api.listing import table
from wificore.kernel.audit import record_read

from .views import ReportView
from .water_shapes import (
    DaysSerializer,
    FailuresSerializer,
    GapsSerializer,
    MissingQuerySerializer,
    SalesQuerySerializer,
    SalesSerializer,
    TagsQuerySerializer,
    TagsSerializer,
    TotalizersSerializer,
)


class WaterReportView(ReportView):
    """Rows of kiosks that the user may see."""

    # What files are called.
    name = ""

    def mine(self, request: Request, kiosk: str = "") -> water.Kiosks:
        rows = visible(kiosks(), request.user.subject(), "site_id")  # type: ignore[union-attr]
        return rows.filter(public_id=kiosk) if kiosk else rows

    def answered(
        self, wanted: dict[str, Any], shape: Any, figures: dict[str, Any], rows: Any
    ) -> HttpResponseBase:
        """Args: rows: what a file has of the figures."""
        if wanted.get("export") != "csv":
            return Response(shape({"currency": currency_of_tenant(), **wanted, **figures}).data)
        record_read("report.exported", "report", f"water-{self.name}", {"rows": len(rows)})
        answer = HttpResponse(table(rows), content_type="text/csv; charset=utf-8")
        day = timezone.now().date().isoformat()
        name = f"water-{self.name}-{day}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer


def asked(shape: Callable[..., Any], request: Request) -> dict[str, Any]:
    return filled(shape(data=request.query_params.dict()))


class WaterSalesView(WaterReportView):
    """Litres and income per kiosk and hour or day."""

    name = "sales"

    @extend_schema(parameters=[SalesQuerySerializer], responses=SalesSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        wanted = asked(SalesQuerySerializer, request)
        mine = self.mine(request, wanted["kiosk"])
        rows = water.sales(mine, wanted["since"], wanted["until"], by=wanted["by"])
        return self.answered(wanted, SalesSerializer, {"sales": rows}, rows)


class TotalizersView(WaterReportView):
    """What was sold beside what the meters counted, per kiosk and day."""

    name = "totalizers"

    @extend_schema(parameters=[DaysSerializer], responses=TotalizersSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        wanted = asked(DaysSerializer, request)
        mine = self.mine(request, wanted["kiosk"])
        rows = water.totalizers(mine, wanted["since"], wanted["until"])
        return self.answered(wanted, TotalizersSerializer, {"days": rows}, rows)


class TagsReportView(WaterReportView):
    """The tags that drew the most, and those that have drawn nothing for long."""

    name = "tags"

    @extend_schema(parameters=[TagsQuerySerializer], responses=TagsSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        wanted = asked(TagsQuerySerializer, request)
        mine = self.mine(request, wanted["kiosk"])
        top = water.tags_top(mine, wanted["since"], wanted["until"])
        days = wanted["dormant_days"]
        asleep = water.tags_dormant(mine, wanted["until"], days=days)
        figures = {"top": top, "dormant": asleep}
        return self.answered(wanted, TagsSerializer, figures, figures[wanted["list"]])


class FailuresView(WaterReportView):
    """What went wrong at each kiosk, and what was given back."""

    name = "failures"

    @extend_schema(parameters=[DaysSerializer], responses=FailuresSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        wanted = asked(DaysSerializer, request)
        mine = self.mine(request, wanted["kiosk"])
        rows = water.failures(mine, wanted["since"], wanted["until"], zone())
        return self.answered(wanted, FailuresSerializer, {"kiosks": rows}, rows)


class MissingView(WaterReportView):
    """Records that have not come by now."""

    name = "missing"

    @extend_schema(parameters=[MissingQuerySerializer], responses=GapsSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        wanted = asked(MissingQuerySerializer, request)
        rows = water.gaps(self.mine(request, wanted["kiosk"]))
        return self.answered(wanted, GapsSerializer, {"missing": rows}, rows)
