"""URL routes of what operators and technicians do with kiosks each day, and of bundles."""

from typing import Any

from django.urls import path

from .bundles import BundleSaleView, GrantViewSet
from .operations import CalibrationViewSet, DayViewSet, SignalViewSet, TestViewSet

READ: Any = {"get": "list"}
BOTH: Any = {**READ, "post": "create"}

urlpatterns = [
    path("kiosks/<str:id>/days/", DayViewSet.as_view(READ, basename="kiosk-day")),
    path("kiosks/<str:id>/signals/", SignalViewSet.as_view(READ, basename="kiosk-signal")),
    path("kiosks/<str:id>/tests/", TestViewSet.as_view(READ, basename="kiosk-test")),
    path(
        "kiosks/<str:id>/calibrations/",
        CalibrationViewSet.as_view(BOTH, basename="calibration"),
    ),
    path("water/signals/", SignalViewSet.as_view(READ, basename="water-signal")),
    path("bundles/<str:id>/sales/", BundleSaleView.as_view(), name="bundle-sales"),
    path("bundles/<str:id>/grants/", GrantViewSet.as_view(READ, basename="bundle-grant")),
]
