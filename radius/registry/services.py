"""Writes: routers of the active tenant."""

from django.db import IntegrityError, transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.crypto import encrypt
from wificore.kernel.db.context import current

from .models import Nas

COA_PORT = 3799


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
) -> Nas:
    """A new router of the active tenant; FreeRADIUS knows it within seconds.

    Raises:
        AddressTaken: the address is registered already.
    """
    nas = Nas(
        address=address,
        name=name,
        require_message_authenticator=require_message_authenticator,
        coa_port=coa_port,
        enabled=enabled,
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
            nas.save()
    except IntegrityError:
        message = f"A router with the address {nas.address} is registered already."
        raise AddressTaken(message, field="address") from None
    return nas


def nas_delete(*, nas: Nas) -> None:
    """Forget a router: its packets get no answer once the client's lifetime ends."""
    nas.delete()
