"""URL routes under /api/v1/wallets/ that need a till."""

from django.urls import path

from .views import TopUpView

urlpatterns = [path("<str:id>/topups/", TopUpView.as_view(), name="wallet-topups")]
