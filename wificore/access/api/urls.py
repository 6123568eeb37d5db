"""URL routes of access, on both hosts."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .views import MeView, TokenViewSet

router = SimpleRouter()
router.register("auth/tokens", TokenViewSet, basename="token")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("", include("wificore.access.mfa.api.urls")),
    *router.urls,
]
