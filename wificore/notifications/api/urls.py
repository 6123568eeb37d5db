"""URL routes of notifications on tenants' hosts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .channels import (
    DeliveryViewSet,
    MailSettingsView,
    MailTestView,
    ReportUrlView,
    ReportView,
    SmsSettingsView,
    SmsTestView,
)
from .inbox import InboxViewSet, KindsView, ReadAllView, UnreadView
from .preferences import PreferencesView
from .tasks import TaskViewSet

router = SimpleRouter()
router.register("notifications/deliveries", DeliveryViewSet, basename="delivery")
router.register("tasks", TaskViewSet, basename="task")
router.register("notifications", InboxViewSet, basename="notification")

BASE = "notifications"
urlpatterns = [
    path(f"{BASE}/unread/", UnreadView.as_view(), name="notifications-unread"),
    path(f"{BASE}/read-all/", ReadAllView.as_view(), name="notifications-read-all"),
    path(f"{BASE}/kinds/", KindsView.as_view(), name="notification-kinds"),
    path(f"{BASE}/preferences/", PreferencesView.as_view(), name="preferences"),
    path(f"{BASE}/mail/", MailSettingsView.as_view(), name="mail-settings"),
    path(f"{BASE}/mail/test/", MailTestView.as_view(), name="mail-test"),
    path(f"{BASE}/sms/", SmsSettingsView.as_view(), name="sms-settings"),
    path(f"{BASE}/sms/test/", SmsTestView.as_view(), name="sms-test"),
    path(f"{BASE}/sms/report-url/", ReportUrlView.as_view(), name="sms-report-url"),
    path(f"{BASE}/sms/reports/<token>/", ReportView.as_view(), name="sms-report"),
    *router.urls,
]
