"""The jobs app [public and tenant]."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "wificore.jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from wificore.kernel.api import idempotency

        from .answers import Answers

        idempotency.install(Answers())
        # Whoever may start a job must know its handler, and whoever sends a task its name.
        autodiscover_modules("tasks")
