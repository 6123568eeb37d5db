"""URL routes under /api/v1/radius/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .attachments import AttachmentsView, AttachmentView
from .imports import SubscriberImportView
from .server import ServerView
from .views import LoginViewSet, NasViewSet, PlanViewSet, SessionViewSet, SubscriberViewSet

router = SimpleRouter()
router.register("plans", PlanViewSet, basename="plan")
router.register("subscribers", SubscriberViewSet, basename="subscriber")
router.register("nas", NasViewSet, basename="nas")
router.register("sessions", SessionViewSet, basename="session")
router.register("logins", LoginViewSet, basename="login")

urlpatterns = [
    path("server/", ServerView.as_view(), name="radius-server"),
    path("subscribers/import/", SubscriberImportView.as_view(), name="subscriber-import"),
    path(
        "subscribers/<str:subscriber>/attachments/",
        AttachmentsView.as_view(),
        name="subscriber-attachments",
    ),
    path(
        "subscribers/<str:subscriber>/attachments/<str:id>/",
        AttachmentView.as_view(),
        name="subscriber-attachment",
    ),
    *router.urls,
]
