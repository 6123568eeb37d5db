"""The realtime app [public]."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "wificore.realtime"
    verbose_name = "Realtime"
