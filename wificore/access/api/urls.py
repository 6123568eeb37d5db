"""URL routes of access that both hosts have."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .rights import MyPermissionsView
from .views import MeView, TokenViewSet

router = SimpleRouter()
router.register("auth/tokens", TokenViewSet, basename="token")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/permissions/", MyPermissionsView.as_view(), name="my-permissions"),
    *router.urls,
]
