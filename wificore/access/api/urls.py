"""URL routes of access, on both hosts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .invitations import AcceptView, InvitationViewSet
from .views import MeView, TokenViewSet

router = SimpleRouter()
router.register("auth/tokens", TokenViewSet, basename="token")
router.register("access/invitations", InvitationViewSet, basename="invitation")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    # Before the router's, for which it would be an id.
    path("access/invitations/accept/", AcceptView.as_view(), name="invitation-accept"),
    *router.urls,
]
