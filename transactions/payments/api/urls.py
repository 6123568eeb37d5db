"""URL routes of payments on tenants' hosts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from . import callbacks
from .accounts import CallbackUrlsView, MpesaView, PaystackView, RegisterView
from .views import InboxViewSet, PaymentViewSet, ReceiptViewSet, ReturnView, SuspenseViewSet

router = SimpleRouter()
router.register("payments/receipts", ReceiptViewSet, basename="receipt")
router.register("payments/suspense", SuspenseViewSet, basename="suspense")
router.register("payments/inbox", InboxViewSet, basename="payment-inbox")
router.register("payments", PaymentViewSet, basename="payment")

CALLBACK = "pay/cb/<token>"
urlpatterns = [
    path("payments/mpesa/", MpesaView.as_view(), name="mpesa-account"),
    path("payments/mpesa/register/", RegisterView.as_view(), name="mpesa-register"),
    path("payments/paystack/", PaystackView.as_view(), name="paystack-account"),
    path("payments/suspense/<id>/return/", ReturnView.as_view(), name="suspense-return"),
    path("payments/callback-urls/", CallbackUrlsView.as_view(), name="callback-urls"),
    path(f"{CALLBACK}/stk", callbacks.stk, name="callback-stk"),
    path(f"{CALLBACK}/c2b/confirmation", callbacks.confirmation, name="callback-confirmation"),
    path(f"{CALLBACK}/c2b/validation", callbacks.validation, name="callback-validation"),
    path(f"{CALLBACK}/reversal", callbacks.reversal, name="callback-reversal"),
    path(f"{CALLBACK}/paystack", callbacks.paystack, name="callback-paystack"),
    *router.urls,
]
