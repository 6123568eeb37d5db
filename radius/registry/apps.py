"""The router registry [public]."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "radius.registry"
    label = "radius_registry"
    verbose_name = "Router registry"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_deleted
        from wificore.access.records import record_kind, site_user

        from .selectors import nas_record, routers_at
        from .services import forget_tenant

        record_kind("nas", nas_record)
        site_user("Routers stand", routers_at)
        on_tenant_deleted(forget_tenant)
