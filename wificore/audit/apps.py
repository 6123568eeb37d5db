"""The audit app [public and tenant]."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wificore.audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_deleted
        from wificore.kernel import audit

        from .farewell import forget_tenant
        from .services import entries_write

        audit.install(entries_write)
        on_tenant_deleted(forget_tenant)
