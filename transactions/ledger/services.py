"""Writes of the books. But for corrections by hand they audit nothing and tell nobody: a transfer
is itself an append-only line of who did what, when and why, and the apps that post one tell of
what it was for."""

from collections.abc import Sequence

from django.db import transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

from . import door
from .door import (
    AboveLimit,
    HoldResolved,
    InsufficientFunds,
    KeyConflict,
    LedgerMisused,
    Posted,
)
from .kinds import Kind
from .selectors import account_find, currency_of_tenant

__all__ = [
    "AboveLimit",
    "AdjustmentInvalid",
    "HoldResolved",
    "InsufficientFunds",
    "KeyConflict",
    "LedgerMisused",
    "Posted",
    "account",
    "adjustment_post",
    "post",
    "settle",
]


def account(kind: Kind, owner: str = "", currency: str | None = None) -> int:
    """The number of an account, which is opened if it is new.

    Args:
        owner: whose it is within its kind: "wallet:<id>", "shift:<id>", "mpesa".
        currency: ISO 4217; None: the tenant's.
    """
    named = currency or currency_of_tenant()
    found = account_find(kind=kind, owner=owner, currency=named)
    if found is not None:
        return found
    number: int = door.call("ledger_account_v1", str(kind), owner, named)
    return number


def post(
    kind: str,
    entries: Sequence[tuple[int, int]],
    *,
    key: str,
    reason: str = "",
    reverses: int | None = None,
) -> Posted:
    """One transfer, in the caller's transaction or in one of its own.

    Args:
        kind: `<what>.<channel>`: "sale.cash".
        entries: (account, signed micro-units); each account once, their sum is 0. What the
            organisation owes is positive, what it has is negative.
        key: names this transfer: the same again gives the stored answer. Begin it with what it is
            about: "payment:<id>".
        reverses: the transfer that this takes back, in part or whole.

    Raises:
        InsufficientFunds: an account would pass its bound.
        AboveLimit: reversals would sum to more than what they reverse.
        KeyConflict: the key names another transfer.
        LedgerMisused: entries do not sum to 0, an account is missing.
    """
    accounts, amounts = [list(column) for column in zip(*entries, strict=True)] or [[], []]
    return door.posted(
        door.answer(
            "ledger_post_v1",
            *(kind, accounts, amounts, key, reverses, reason[: door.MAX_REASON], *door.actor()),
        )
    )


def settle(
    kind: str, *, source: int, owed: int, rest: int, amount_micro: int, key: str, reason: str = ""
) -> Posted:
    """An amount from a source that pays `owed` first, as far as it is owed; `rest` gets the rest.

    Raises like `post`.
    """
    return door.posted(
        door.answer(
            "ledger_settle_v1",
            *(
                kind,
                source,
                owed,
                rest,
                amount_micro,
                key,
                reason[: door.MAX_REASON],
                *door.actor(),
            ),
        )
    )


class AdjustmentInvalid(DomainError):
    """A correction cannot be like this."""

    code = "validation_error"


def adjustment_post(*, entries: Sequence[tuple[int, int]], reason: str) -> Posted:
    """Correct the books by another transfer; each call is another correction.

    Raises:
        AdjustmentInvalid: no reason, the entries do not sum to 0, or an account is not there.
        InsufficientFunds: an account would pass its bound.
    """
    if not reason.strip():
        raise AdjustmentInvalid("Say why.", field="reason")
    with transaction.atomic():
        try:
            done = post("adjustment", entries, key=f"adjustment:{new_public_id()}", reason=reason)
        except LedgerMisused as error:
            raise AdjustmentInvalid(f"{error}.".capitalize(), field="entries") from None
        told = {
            "amount_micro": sum(amount for _, amount in entries if amount > 0),
            "accounts": [str(number) for number, _ in entries],
            "reason": reason,
        }
        announce("ledger.adjusted", str(done.transfer), new=told, reason=reason)
    return done
