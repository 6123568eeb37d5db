"""The radius app [tenant]."""

from django.apps import AppConfig


class RadiusConfig(AppConfig):
    name = "radius"
    verbose_name = "RADIUS"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_created

        from .partitions import seed_partitions

        on_tenant_created(seed_partitions)
