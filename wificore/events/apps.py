"""The events app [public]."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "wificore.events"
    verbose_name = "Events"

    def ready(self) -> None:
        from wificore.kernel import events

        from .outbox import write

        events.install(write)
        # Each app's `events.py` declares what it tells and who may see it.
        autodiscover_modules("events")
