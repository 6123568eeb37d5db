"""URL routes under /api/v1/resellers/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .views import (
    FloatEntryViewSet,
    FloatView,
    ResaleViewSet,
    ResellerViewSet,
    VoucherResaleView,
)

router = SimpleRouter()
router.register("", ResellerViewSet, basename="reseller")
SALES = ResaleViewSet.as_view({"get": "list", "post": "create"}, basename="reseller-sale")
ENTRIES = FloatEntryViewSet.as_view({"get": "list"}, basename="reseller-entry")

urlpatterns = [
    path("<str:id>/topups/", FloatView.as_view()),
    path("<str:id>/sales/", SALES),
    path("<str:id>/voucher-sales/", VoucherResaleView.as_view()),
    path("<str:id>/entries/", ENTRIES),
    *router.urls,
]
