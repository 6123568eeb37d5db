"""The router registry [public]."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "radius.registry"
    label = "radius_registry"
    verbose_name = "Router registry"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_deleted

        from .services import forget_tenant

        on_tenant_deleted(forget_tenant)
