"""Tills [tenant]."""

from django.apps import AppConfig


class TillsConfig(AppConfig):
    name = "transactions.tills"
    label = "tills"
    verbose_name = "Tills"

    def ready(self) -> None:
        from wificore.access.records import site_user

        from .selectors import tills_at

        site_user("Tills are", tills_at)
