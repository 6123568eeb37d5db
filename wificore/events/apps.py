"""The events app [public]."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "wificore.events"
    verbose_name = "Events"

    def ready(self) -> None:
        from wificore.kernel import events

        from .outbox import write

        events.install(write)
