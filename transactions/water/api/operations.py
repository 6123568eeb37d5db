"""What operators and technicians do with kiosks each day: totals, signals, tests, calibration."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from transactions.wallets.api.fields import filled
from wificore.access.api.rows import SiteScope
from wificore.access.checks import ask, visible
from wificore.access.decide import Record
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.public_ids import is_public_id

from .. import selectors, services
from ..measuring import measured
from ..models import Calibration, Kiosk, KioskDay, KioskSignal, Mode, WaterTransaction
from .operations_shapes import (
    CalibrationRequestSerializer,
    CalibrationSerializer,
    KioskDaySerializer,
    MeasuredSerializer,
    SignalSerializer,
)
from .serializers import TransactionSerializer

# How far back test dispenses are shown.
TESTS = timedelta(days=7)


class OfKiosk(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """Rows of the kiosk that the URL names, if it stands at one of the user's sites."""

    def kiosk(self) -> Kiosk:
        name = str(self.kwargs["id"])
        subject = self.request.user.subject()
        rows = visible(selectors.kiosks(), subject, "site_id")
        found: Kiosk | None = rows.filter(public_id=name).first() if is_public_id(name) else None
        if found is None:
            raise Http404
        return found


class DayViewSet(OfKiosk):
    """A kiosk's business days: change of the meter = sold + test + free + unexplained."""

    code_read = "water.kiosk.view"
    serializer_class = KioskDaySerializer
    queryset = KioskDay.objects.select_related("kiosk")
    filter_fields = {"day": "day"}
    order_fields = {"day": "day"}

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(kiosk=self.kiosk())


class SignalViewSet(SiteScope, OfKiosk):
    """What was or is wrong: with one kiosk, or with all at the user's sites (`?open=true`)."""

    code_read = "water.kiosk.view"
    serializer_class = SignalSerializer
    queryset = KioskSignal.objects.select_related("kiosk")
    scope_field = "kiosk__site_id"
    filter_fields = {"signal": "signal"}

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.request.query_params.get("open") == "true":
            rows = rows.filter(over_at=None)
        return rows.filter(kiosk=self.kiosk()) if "id" in self.kwargs else rows


class TestViewSet(OfKiosk):
    """Test dispenses of the last seven days: water that staff drew at the tap."""

    code_read = "water.kiosk.service"
    serializer_class = TransactionSerializer
    queryset = WaterTransaction.objects.none()
    exports = False

    def get_queryset(self) -> QuerySet[Any]:
        now = timezone.now()
        return selectors.transactions(now - TESTS, now).filter(kiosk=self.kiosk(), mode=Mode.STAFF)


class CalibrationViewSet(OfKiosk):
    """How a tap was measured against a vessel, newest first."""

    code_read, code_write = "water.kiosk.view", "water.kiosk.service"
    serializer_class = CalibrationSerializer
    queryset = Calibration.objects.all()

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(tap__kiosk=self.kiosk())

    @extend_schema(
        request=CalibrationRequestSerializer,
        responses={200: MeasuredSerializer, 201: CalibrationSerializer},
    )
    @idempotent()
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """Without `confirm` 200: what the measurement says, and nothing is changed. With it, 201:
        the kiosk is told to count so from now on.
        """
        kiosk = self.kiosk()
        if not ask(request, "water.kiosk.service", Record(site=kiosk.site_id)).allowed:
            raise PermissionDenied("You may not service kiosks here.")
        wanted = filled(CalibrationRequestSerializer(data=request.data))
        confirm = wanted.pop("confirm")
        if confirm is None:
            return Response(MeasuredSerializer(measured(tap=kiosk.tap, **wanted)).data)
        row = services.calibrate(kiosk=kiosk, confirm=confirm, **wanted)
        return Response(CalibrationSerializer(row).data, status=status.HTTP_201_CREATED)
