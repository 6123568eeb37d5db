"""The webhooks app [tenant]."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "wificore.webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        # After the events app, which knows by now what every app tells.
        from .handlers import listen

        listen()
