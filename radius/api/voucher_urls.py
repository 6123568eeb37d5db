"""URL routes of vouchers under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .vouchers import (
    BatchViewSet,
    BatchVoidView,
    CodesView,
    FindView,
    RevealView,
    VoidView,
    VoucherViewSet,
)

router = SimpleRouter()
router.register("voucher-batches", BatchViewSet, basename="voucher-batch")
router.register("vouchers", VoucherViewSet, basename="voucher")

urlpatterns = [
    path("voucher-batches/<str:pk>/codes/", CodesView.as_view(), name="voucher-batch-codes"),
    path("voucher-batches/<str:pk>/void/", BatchVoidView.as_view(), name="voucher-batch-void"),
    path("vouchers/find/", FindView.as_view(), name="voucher-find"),
    path("vouchers/<str:pk>/reveal/", RevealView.as_view(), name="voucher-reveal"),
    path("vouchers/<str:pk>/void/", VoidView.as_view(), name="voucher-void"),
    *router.urls,
]
