"""The realtime app [public]."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "wificore.realtime"
    verbose_name = "Realtime"

    def ready(self) -> None:
        from tenants.hooks import on_tenant_created, on_tenant_deleted
        from wificore.kernel.relaying import beside, translate_with

        from . import handlers  # noqa: F401  # registers them
        from .bridge.snapshots import Snapshots
        from .bridge.translate import translate
        from .services import app_seed, forget_tenant

        on_tenant_created(app_seed)
        on_tenant_deleted(forget_tenant)
        translate_with(translate)
        beside(Snapshots())
