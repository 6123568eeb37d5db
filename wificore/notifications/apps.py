"""The notifications app [tenant]."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "wificore.notifications"
    verbose_name = "Notifications"
