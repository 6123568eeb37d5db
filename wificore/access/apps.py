"""The access app [public and tenant]."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "wificore.access"
    verbose_name = "Staff and access"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_created

        from .services import seed_owner
        from .signin import receivers  # noqa: F401  # registers them

        on_tenant_created(seed_owner)
