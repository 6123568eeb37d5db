"""Writes: a tenant's app comes with the tenant, is set up, and goes with it.

Every process learns of a write through the relay (`handlers.py`).
"""

from typing import Any

from django.db import transaction

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import Change, announce, announce_many, snapshot, stored

from .models import FIRST_WEBHOOK_EVENTS, MOST_SECRETS, App
from .rules import clean
from .secrets import Sealed, new_key, new_secret

# What a tenant may change, and what events and audit tell; of secrets only that they changed.
SETTINGS = (
    "enabled",
    "max_connections",
    "client_events",
    "allowed_origins",
    "webhook_url",
    "webhook_events",
)
TOLD = ("tenant", "blocked", *SETTINGS)


class SecretConflict(DomainError):
    """There are as many secrets as there may be, or the last one would go."""

    status = 409
    code = "conflict"


class NoSuchSecret(DomainError):
    """The app has no secret of this id."""

    status = 404
    code = "not_found"


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


def app_update(*, app: App, **changes: Any) -> App:
    """Change settings of an app, by their names in `SETTINGS`.

    Raises:
        AppInvalid: a setting's value is none.
    """
    for name, value in changes.items():
        assert name in SETTINGS, name
        setattr(app, name, value)
    # Before the transaction: it may ask a name server.
    clean(app)
    return _store(app, *SETTINGS)


def app_block(*, app: App, blocked: bool, reason: str = "") -> App:
    """Switch an app off for its tenant, or let the tenant have it again (platform)."""
    app.blocked = blocked
    return _store(app, "blocked", reason=reason)


def _store(app: App, *names: str, reason: str = "") -> App:
    with transaction.atomic():
        old = stored(app, TOLD)
        app.save(update_fields=[*names, "updated_at"])
        new = {**(old or {}), **snapshot(app, names)}
        announce("realtime_app.updated", app.pk, old=old, new=new, reason=reason)
    return app


def secret_add(*, app: App) -> tuple[Sealed, str]:
    """A new secret, in clear this once; the one before stays good until it is removed.

    Raises:
        SecretConflict: there are two already.
    """
    sealed, clear = new_secret()
    with transaction.atomic():
        secrets = _locked(app)
        if len(secrets) >= MOST_SECRETS:
            raise SecretConflict("Two secrets are live: remove the older one first.")
        _set_secrets(app, [sealed, *secrets])
    return sealed, clear


def secret_remove(*, app: App, secret_id: str) -> None:
    """What was signed with it is refused from now on.

    Raises:
        NoSuchSecret: the app has none of this id.
        SecretConflict: it is the only one.
    """
    with transaction.atomic():
        secrets = _locked(app)
        kept = [secret for secret in secrets if secret["id"] != secret_id]
        if len(kept) == len(secrets):
            raise NoSuchSecret("The app has no such secret.")
        if not kept:
            raise SecretConflict("It is the only secret: make a new one first.")
        _set_secrets(app, kept)


def _locked(app: App) -> list[Sealed]:
    """The secrets as they are now; nobody else changes them until the transaction ends."""
    row = App.objects.select_for_update().get(pk=app.pk)
    app.sealed_secrets = row.sealed_secrets
    found: list[Sealed] = row.sealed_secrets
    return found


def _set_secrets(app: App, secrets: list[Sealed]) -> None:
    old = {"secrets_count": len(app.sealed_secrets)}
    app.sealed_secrets = secrets
    app.save(update_fields=["sealed_secrets", "updated_at"])
    new = {"secrets_count": len(secrets), "secrets_changed": True}
    announce("realtime_app.updated", app.pk, old=old, new=new)


def forget_tenant(schema: str, using: str) -> None:
    """A deleted tenant's app: its key opens nothing (`on_tenant_deleted`)."""
    with transaction.atomic(using=using):
        rows = App.objects.using(using).filter(tenant=schema)
        changes = [Change(app.pk, old=snapshot(app, TOLD)) for app in rows]
        rows.delete()
        announce_many("realtime_app.deleted", changes, using=using)
