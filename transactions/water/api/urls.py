"""URL routes under /api/v1/: what staff keep of water, and the kiosks' own."""

from typing import Any

from django.urls import path
from rest_framework.routers import SimpleRouter

from .bundles import BundleViewSet
from .device import AuthoriseView, RecordsView, TimeView
from .operations_urls import urlpatterns as operations
from .sales import LeaseViewSet, RefundViewSet, TransactionViewSet
from .views import KeyViewSet, KioskViewSet, TagViewSet, TariffViewSet, VersionViewSet

router = SimpleRouter()
router.register("tariffs", TariffViewSet, basename="tariff")
router.register("kiosks", KioskViewSet, basename="kiosk")
router.register("tags", TagViewSet, basename="tag")
router.register("bundles", BundleViewSet, basename="bundle")
router.register("water/transactions", TransactionViewSet, basename="water-transaction")
LIST: Any = {"get": "list", "post": "create"}

urlpatterns = [
    path("kiosk/time", TimeView.as_view(), name="kiosk-time"),
    path("kiosk/authorise", AuthoriseView.as_view(), name="kiosk-authorise"),
    path("kiosk/records", RecordsView.as_view(), name="kiosk-records"),
    path("tariffs/<str:id>/versions/", VersionViewSet.as_view(LIST, basename="tariff-version")),
    path("kiosks/<str:id>/keys/", KeyViewSet.as_view(LIST, basename="kiosk-key")),
    path("kiosks/<str:id>/keys/<str:key_id>/", KeyViewSet.as_view({"delete": "destroy"})),
    path(
        "water/transactions/<str:id>/refunds/",
        RefundViewSet.as_view(LIST, basename="water-refund"),
    ),
    path("wallets/<str:id>/leases/", LeaseViewSet.as_view(LIST, basename="lease")),
    path("wallets/<str:id>/leases/<str:lease>/end/", LeaseViewSet.as_view({"post": "end"})),
    *operations,
    *router.urls,
]
