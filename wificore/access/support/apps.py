"""Support sessions [public]."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "wificore.access.support"
    label = "access_support"
    verbose_name = "Support"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_deleted

        from .services import forget_tenant

        on_tenant_deleted(forget_tenant)
