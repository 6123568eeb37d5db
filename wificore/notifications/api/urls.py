"""URL routes of notifications on tenants' hosts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .inbox import InboxViewSet, KindsView, ReadAllView, UnreadView

router = SimpleRouter()
router.register("notifications", InboxViewSet, basename="notification")

urlpatterns = [
    path("notifications/unread/", UnreadView.as_view(), name="notifications-unread"),
    path("notifications/read-all/", ReadAllView.as_view(), name="notifications-read-all"),
    path("notifications/kinds/", KindsView.as_view(), name="notification-kinds"),
    *router.urls,
]
