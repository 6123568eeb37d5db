"""Money set aside: hold -> capture (at most the hold) -> the rest is let go; each ends once.

A `hold` is for one purchase. A `lease` is a part of a wallet that a kiosk may spend while it is
offline: it is captured from many times (`keep=True`), until it is released or expires.
"""

import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from wificore.kernel.events import publish_many

from . import door
from .door import Posted
from .models import Hold, HoldKind, HoldState

BATCH = 200
# A set in FROM is read in its order, and a function that writes is called row by row.
CAPTURE_MANY = """
SELECT {schema}.ledger_capture_v1(t.hold, t.amount, ARRAY[t.account], ARRAY[t.amount], t.keep,
    t.kind, t.key, t.reason, %s, %s)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::text[],
    %s::text[]) AS t(hold, amount, account, key, keep, kind, reason)
"""


@dataclass(frozen=True, slots=True)
class Take:
    """One capture of `capture_many`: an amount of a hold for one account; the rest as there."""

    hold: int
    amount: int
    account: int
    key: str
    keep: bool
    kind: str
    reason: str


def place(
    account: int,
    amount_micro: int,
    *,
    key: str,
    kind: str = HoldKind.HOLD,
    expires_at: datetime,
    reference: str = "",
) -> Hold:
    """Set an amount of an account aside; the same key again gives the same hold, as it is now.

    Args:
        reference: what it is for, in the caller's words, at most 120 characters: "kiosk:<id>".

    Raises:
        InsufficientFunds: less is available.
        KeyConflict: the key names another hold.
    """
    number = door.call(
        "ledger_hold_v1",
        *(account, amount_micro, str(kind), key, expires_at, reference, secrets.token_hex(8)),
    )
    return Hold.objects.get(pk=number)


def capture(
    hold_id: int,
    amount_micro: int,
    *,
    to: Sequence[tuple[int, int]],
    key: str,
    keep: bool = False,
    kind: str = "capture",
    reason: str = "",
) -> Posted:
    """Take an amount of an open hold to other accounts, in one transfer.

    Args:
        to: (account, signed micro-units); their sum is `amount_micro`.
        keep: the hold stays open with what is left; otherwise that is let go.

    Raises:
        HoldResolved: it has been captured, released, or has expired.
        AboveLimit: more than is left of it.
        KeyConflict: the key names another transfer.
        LedgerMisused: there is no such hold or account, or the sums differ.
    """
    accounts, amounts = [list(column) for column in zip(*to, strict=True)] or [[], []]
    return door.posted(
        door.answer(
            "ledger_capture_v1",
            *(hold_id, amount_micro, accounts, amounts, keep, kind, key, reason[: door.MAX_REASON]),
            *door.actor(),
        )
    )


def capture_many(takes: Sequence[Take]) -> list[Posted]:
    """Many captures in their order and in one statement: all of them, or none.

    Raises like `capture`.
    """
    columns = [list(column) for column in zip(*map(astuple, takes), strict=True)]
    found = door.rows(CAPTURE_MANY, *door.actor(), *columns) if takes else []
    return [door.posted(door.parsed(answer)) for answer in found]


def release(hold_id: int) -> bool:
    """Let go what is left of a hold; False: it had ended before."""
    return bool(door.call("ledger_release_v1", hold_id, HoldState.RELEASED.value))


def expire(now: datetime) -> list[int]:
    """End all holds whose time is over; their numbers."""
    ended: list[int] = []
    while found := _expire_some(now):
        ended += found
    return ended


def _expire_some(now: datetime) -> list[int]:
    """Nobody asked for it, so it is told; in the transaction that frees the money."""
    with transaction.atomic():
        found: list[int] = door.call("ledger_expire_v1", now, BATCH)
        rows = Hold.objects.filter(pk__in=found).order_by("pk")
        publish_many("hold.expired", [(hold.public_id, _told(hold)) for hold in rows])
    return found


def _told(hold: Hold) -> dict[str, object]:
    return {
        "id": hold.public_id,
        "kind": hold.kind,
        "reference": hold.reference,
        "amount_micro": hold.amount,
        "captured_micro": hold.captured,
    }


def overdue_expire() -> dict[str, int]:
    """The same for now (beat, every 15 s): an unused hold is gone within 30 s of its end."""
    return {"expired": len(expire(timezone.now()))}
