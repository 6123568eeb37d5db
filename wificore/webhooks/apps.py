"""The webhooks app [tenant]."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "wificore.webhooks"
    verbose_name = "Webhooks"
