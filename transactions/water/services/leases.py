"""Writes: what a kiosk may spend of a wallet while it is offline."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from transactions.ledger import holds
from transactions.ledger.models import HoldKind
from transactions.wallets.models import Wallet
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

from ..desk import reference
from ..errors import Invalid
from ..models import Kiosk, KioskState, Lease
from ..selectors import leases


def lease_grant(*, wallet: Wallet, kiosk: Kiosk, amount_micro: int, ttl: timedelta) -> Lease:
    """Set a part of a wallet aside for one kiosk; each call is another lease.

    Raises:
        Invalid: not an amount, or the kiosk does not sell.
        InsufficientFunds: less is available.
    """
    if amount_micro <= 0:
        raise Invalid("Give an amount above 0.", field="amount_micro")
    if kiosk.state != KioskState.ACTIVE:
        raise Invalid(f"This kiosk is {kiosk.state}.", field="kiosk")
    with transaction.atomic():
        hold = holds.place(
            wallet.account_id,
            amount_micro,
            key=f"lease:{new_public_id()}",
            kind=HoldKind.LEASE,
            expires_at=timezone.now() + ttl,
            reference=reference(kiosk),
        )
        lease = Lease.objects.create(
            public_id=hold.public_id, hold=hold, wallet=wallet, kiosk=kiosk
        )
        announce("lease.granted", lease.public_id, new=_told(lease))
    return lease


def lease_end(*, lease: Lease) -> Lease:
    """Let go what is left of it; one that has ended stays as it is."""
    with transaction.atomic():
        ended = holds.release(lease.hold_id)
        lease = leases().get(pk=lease.pk)
        if ended:
            announce("lease.ended", lease.public_id, new=_told(lease))
    return lease


def _told(lease: Lease) -> dict[str, Any]:
    return {
        "wallet": lease.wallet.public_id,
        "kiosk": lease.kiosk.public_id,
        "name": lease.kiosk.name,
        "site": lease.kiosk.site_id,
        "amount_micro": lease.hold.amount,
        "captured_micro": lease.hold.captured,
        "currency": lease.wallet.currency,
        "expires_at": lease.hold.expires_at,
    }
