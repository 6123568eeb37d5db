"""The files app [tenant]."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "wificore.files"
    verbose_name = "Files"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_deleted

        from .farewell import forget_tenant

        on_tenant_deleted(forget_tenant)
