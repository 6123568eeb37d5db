"""Writes: a tenant's app comes with the tenant and goes with it."""

from django.db import transaction

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.kernel.changes import Change, announce, announce_many, snapshot

from .models import FIRST_WEBHOOK_EVENTS, App
from .secrets import new_key, new_secret

# What events and audit tell of an app; of its secrets only that they changed.
TOLD = (
    "enabled",
    "blocked",
    "max_connections",
    "client_events",
    "allowed_origins",
    "webhook_url",
    "webhook_events",
)


def app_seed(tenant: Tenant, _owner: FirstUser, using: str) -> None:
    """Every new tenant has an app (`on_tenant_created`)."""
    rows = App.objects.using(using)
    if rows.filter(tenant=tenant.schema_name).exists():
        return
    sealed, _ = new_secret()
    app = rows.create(
        tenant=tenant.schema_name,
        key=new_key(),
        sealed_secrets=[sealed],
        webhook_events=list(FIRST_WEBHOOK_EVENTS),
    )
    announce("realtime_app.created", app.pk, new=snapshot(app, TOLD), using=using)


def forget_tenant(schema: str, using: str) -> None:
    """A deleted tenant's app: its key opens nothing (`on_tenant_deleted`)."""
    with transaction.atomic(using=using):
        rows = App.objects.using(using).filter(tenant=schema)
        changes = [Change(app.pk, old=snapshot(app, TOLD)) for app in rows]
        rows.delete()
        announce_many("realtime_app.deleted", changes, using=using)
