"""URL routes of access that both hosts have."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .invitations import AcceptView, InvitationViewSet
from .rights import MyPermissionsView
from .views import MeView, TokenViewSet

router = SimpleRouter()
router.register("auth/tokens", TokenViewSet, basename="token")
router.register("access/invitations", InvitationViewSet, basename="invitation")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/permissions/", MyPermissionsView.as_view(), name="my-permissions"),
    # Before the router's, for which it would be an id.
    path("access/invitations/accept/", AcceptView.as_view(), name="invitation-accept"),
    path("", include("wificore.access.mfa.api.urls")),
    *router.urls,
]
