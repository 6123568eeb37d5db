"""The ops app [public]."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "wificore.ops"
    verbose_name = "Operations"
