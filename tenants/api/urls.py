"""URL routes under /api/platform/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from ..sign_up.api import AskView, ConfirmView, SignUpViewSet
from .views import TenantViewSet

router = SimpleRouter()
router.register("tenants", TenantViewSet, basename="tenant")
router.register("sign-ups", SignUpViewSet, basename="sign-up")

urlpatterns = [
    path("sign-up/", AskView.as_view(), name="sign-up-ask"),
    path("sign-up/confirm/", ConfirmView.as_view(), name="sign-up-confirm"),
    *router.urls,
]
