"""Reads: every enabled router with its secret, for the process that renders FreeRADIUS' files."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wificore.access.decide import Record
from wificore.access.records import NoSuchRecord
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import platform_context

from .models import Nas


@dataclass(frozen=True, slots=True)
class RouterClient:
    """A router as FreeRADIUS must know it."""

    address: str
    tenant: str
    shortname: str
    secret: str = field(repr=False)
    require_message_authenticator: bool


def nas_record(number: int) -> Record:
    """What `decide` needs to know of a router.

    Raises:
        NoSuchRecord: the active tenant has no such router.
    """
    nas = Nas.objects.filter(pk=number).first()
    if nas is None:
        raise NoSuchRecord(f"nas:{number}")
    return Record(schema=nas.tenant, site=nas.site_id)


def routers_at(site: int) -> bool:
    return Nas.objects.filter(site_id=site).exists()


def clients() -> Iterator[RouterClient]:
    """All enabled routers of all tenants, by address."""
    with platform_context():
        rows = list(Nas.objects.filter(enabled=True).order_by("address"))
    for nas in rows:
        yield RouterClient(
            address=nas.address,
            tenant=nas.tenant,
            shortname=nas.name or nas.address,
            secret=decrypt(nas.secret_encrypted),
            require_message_authenticator=nas.require_message_authenticator,
        )
