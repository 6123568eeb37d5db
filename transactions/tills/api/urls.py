"""URL routes under /api/v1/tills/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .approvals import RefundApprovalViewSet
from .views import DayViewSet, RefundViewSet, SaleViewSet, ShiftViewSet, VoucherSaleView

router = SimpleRouter()
router.register("shifts", ShiftViewSet, basename="shift")
router.register("sales", SaleViewSet, basename="sale")
router.register("refund-approvals", RefundApprovalViewSet, basename="refund-approval")
router.register("days", DayViewSet, basename="day")
REFUNDS = RefundViewSet.as_view({"get": "list", "post": "create"}, basename="refund")

urlpatterns = [
    path("sales/<str:id>/refunds/", REFUNDS),
    path("voucher-sales/", VoucherSaleView.as_view(), name="voucher-sales"),
    *router.urls,
]
