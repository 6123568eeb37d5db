"""Calls of the books' functions, and their refusals as exceptions.

A call runs in a savepoint of the caller's transaction, or in one of its own: after a refusal the
caller's transaction is as it was before.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection, transaction

from wificore.kernel.actor import Actor, current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import current
from wificore.kernel.sql import render

from .models import ACTOR, ACTOR_NAME

OUT_OF_RANGE = "22003"
MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer that is in the books.

    Attributes:
        transfer: its number. replayed: its key had been used for the same before.
        balances: by account, right after it; only of accounts with a running balance.
        amounts: by account, signed micro-units.
    """

    transfer: int
    replayed: bool
    balances: dict[int, int]
    amounts: dict[int, int] = field(default_factory=dict)


class LedgerMisused(RuntimeError):
    """A transfer that no correct program asks for: it does not sum to 0, an account is missing."""


class InsufficientFunds(DomainError):
    """An account has not got as much. `account` is its number."""

    status = 422
    code = "insufficient_funds"
    account: int | None = None


class AboveLimit(DomainError):
    """More than was set aside, or reversals of more than was moved."""

    status = 422
    code = "above_captured"


class KeyConflict(DomainError):
    """The key names something else that was done; nothing changed."""

    status = 409
    code = "idempotency_key_reused"


class HoldResolved(DomainError):
    """The hold has ended before."""

    status = 409
    code = "hold_resolved"


REFUSALS: dict[str, tuple[type[DomainError], str]] = {
    "WC409": (KeyConflict, "This key was used for something else."),
    "WC410": (HoldResolved, "The hold has ended."),
    "WC422": (InsufficientFunds, "There is not enough money."),
    "WC423": (AboveLimit, "This is more than was taken."),
    OUT_OF_RANGE: (AboveLimit, "This is more than the books can count."),
}


def call(function: str, *arguments: Any) -> Any:
    """What a function of the active tenant's books answers.

    Raises:
        InsufficientFunds, AboveLimit, KeyConflict, HoldResolved: refused; nothing was done.
        LedgerMisused: the caller's mistake.
    """
    places = ", ".join(["%s"] * len(arguments))
    return rows(f"SELECT {{schema}}.{function}({places})", *arguments)[0]


def rows(statement: str, *arguments: Any) -> list[Any]:
    """The one column of a statement that calls them for each of many rows: all of it, or nothing.

    Args:
        statement: `{schema}` stands for the tenant's. Raises like `call`.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(render(statement, current().schema), arguments)
            return [found for (found,) in cursor.fetchall()]
    except DatabaseError as error:
        raise _meant(error) from error


def answer(function: str, *arguments: Any) -> dict[str, Any]:
    """The same, of functions that answer an object."""
    return parsed(call(function, *arguments))


def parsed(found: Any) -> dict[str, Any]:
    """An object of the database's, which its driver may leave as text."""
    read: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return read


def posted(answer: dict[str, Any]) -> Posted:
    """The functions' answer as an object."""
    lines = answer["entries"]
    return Posted(
        transfer=answer["transfer"],
        replayed=answer["replayed"],
        balances={account: after for account, _, after in lines if after is not None},
        amounts={account: amount for account, amount, _ in lines},
    )


def actor() -> tuple[str, str]:
    """Who does it, as transfers keep it."""
    who = current_actor()
    return actor_key(who)[:ACTOR], who.label[:ACTOR_NAME]


def actor_key(who: Actor) -> str:
    """`user:12`, `support:ab12`, `system`."""
    return f"{who.kind}:{who.id}" if who.id else who.kind


def _meant(error: DatabaseError) -> Exception:
    cause: Any = error.__cause__
    state = getattr(cause, "pgcode", None) or ""
    if state in ("WC400", "WC404"):
        return LedgerMisused(str(cause.diag.message_primary))
    if state not in REFUSALS:
        return error
    kind, words = REFUSALS[state]
    refusal = kind(words)
    if isinstance(refusal, InsufficientFunds):
        refusal.account = int(cause.diag.message_detail)
    return refusal
