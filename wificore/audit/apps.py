"""The audit app [public and tenant]."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wificore.audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from wificore.kernel import audit

        from .services import entries_write

        audit.install(entries_write)
