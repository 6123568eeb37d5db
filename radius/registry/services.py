"""Writes: routers of the active tenant."""

from typing import Any

from django.db import IntegrityError, connections, transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import Change, announce, announce_many, snapshot, stored
from wificore.kernel.crypto import encrypt
from wificore.kernel.db.context import current

from .models import Nas

COA_PORT = 3799
# What events and audit tell of a router; of the secret only that it was changed.
TOLD = ("address", "name", "require_message_authenticator", "coa_port", "enabled", "site_id")


class AddressTaken(DomainError):
    """Another router has this address, perhaps another tenant's."""

    status = 409
    code = "address_taken"


def nas_create(
    *,
    address: str,
    secret: str,
    name: str = "",
    require_message_authenticator: bool = True,
    coa_port: int = COA_PORT,
    enabled: bool = True,
    site_id: int | None = None,
) -> Nas:
    """A new router of the active tenant; FreeRADIUS knows it within seconds.

    Args:
        site_id: where it stands; whoever calls has made sure that there is such a site.

    Raises:
        AddressTaken: the address is registered already.
    """
    nas = Nas(
        address=address,
        name=name,
        require_message_authenticator=require_message_authenticator,
        coa_port=coa_port,
        enabled=enabled,
        site_id=site_id,
    )
    return nas_save(nas=nas, secret=secret)


def nas_update(*, nas: Nas, secret: str | None = None, **changes: object) -> Nas:
    """Change a router; a new secret is in force when the old client's lifetime ends (30 s).

    Raises:
        AddressTaken: the new address is registered already.
    """
    for name, value in changes.items():
        setattr(nas, name, value)
    return nas_save(nas=nas, secret=secret)


def nas_save(*, nas: Nas, secret: str | None = None) -> Nas:
    """Store a router that a form has filled; it becomes the active tenant's.

    Raises:
        AddressTaken: the address is registered already.
    """
    nas.tenant = current().schema
    if secret is not None:
        nas.secret_encrypted = encrypt(secret)
    try:
        with transaction.atomic():
            old = stored(nas, TOLD)
            nas.save()
            _tell(nas, old, secret_changed=secret is not None)
    except IntegrityError:
        message = f"A router with the address {nas.address} is registered already."
        raise AddressTaken(message, field="address") from None
    return nas


def nas_delete(*, nas: Nas) -> None:
    """Forget a router: its packets get no answer once the client's lifetime ends."""
    key = nas.pk
    with transaction.atomic():
        old = stored(nas, TOLD)
        nas.delete()
        announce("nas.deleted", key, old=old)


def forget_tenant(schema: str, using: str) -> None:
    """A deleted tenant's routers, whose packets get no answer from now on, and its held records.

    The export has them. A tenant that takes the name later must not be given them.
    """
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("DELETE FROM public.spool_held_record WHERE tenant = %s", [schema])
            cursor.execute("DELETE FROM public.spool_held WHERE tenant = %s", [schema])
        rows = Nas.objects.using(using).filter(tenant=schema)
        changes = [Change(nas.pk, old=snapshot(nas, TOLD)) for nas in rows]
        rows.delete()
        announce_many("nas.deleted", changes, using=using)


def _tell(nas: Nas, old: dict[str, Any] | None, *, secret_changed: bool) -> None:
    new = snapshot(nas, TOLD)
    if old is None:
        announce("nas.created", nas.pk, new=new)
        return
    if secret_changed:
        new["secret_changed"] = True
    announce("nas.updated", nas.pk, old=old, new=new)
