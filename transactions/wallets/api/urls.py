"""URL routes under /api/v1/wallets/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .views import EntryViewSet, WalletViewSet

router = SimpleRouter()
router.register("", WalletViewSet, basename="wallet")

urlpatterns = [
    path("<str:id>/entries/", EntryViewSet.as_view({"get": "list"}, basename="wallet-entry")),
    *router.urls,
]
