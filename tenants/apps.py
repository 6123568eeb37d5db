"""The tenants app [public]."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants"

    def ready(self) -> None:
        from wificore.kernel import tasks

        from . import selectors

        tasks.install(tasks.Tenants(selectors.schema_is_active, selectors.schemas_active))
