"""URL routes under /api/v1/ledger/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .views import AccountViewSet, AdjustmentView, TransferViewSet

router = SimpleRouter()
router.register("accounts", AccountViewSet, basename="ledger-account")
router.register("transfers", TransferViewSet, basename="ledger-transfer")

urlpatterns = [
    path("adjustments/", AdjustmentView.as_view(), name="ledger-adjustments"),
    *router.urls,
]
