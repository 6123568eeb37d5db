"""Water [tenant]."""

from django.apps import AppConfig


class WaterConfig(AppConfig):
    name = "transactions.water"
    label = "water"
    verbose_name = "Water"

    def ready(self) -> None:
        from transactions.tills.parts import site_part
        from wificore.access.records import record_kind, site_user

        from .closing import NAME, water_at
        from .commands import command_source
        from .selectors import kiosk_record, kiosks_at
        from .standing import standing

        command_source("standing", standing)
        site_part(NAME, water_at)
        record_kind("kiosk", kiosk_record)
        site_user("Kiosks stand", kiosks_at)
