"""What the platform must hold; `fold` works it out from a journal."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from .rules import Price, Record

Key = tuple[str, int, int]
"""Kiosk, epoch, number."""


@dataclass(slots=True)
class Due:
    """A record that was sent, and what must have become of it; money in micro-units.

    Attributes:
        sure: it was answered; False: it may have got lost, but is right if it is there.
        hold: what was spent from. balance: of the wallet, right after it.
        days: one of these; empty: any.
        item: what was answered first, and must always be.
    """

    tenant: str
    body: Record
    state: str
    sure: bool = True
    wallet: str = ""
    hold: str = ""
    ml: int = 0
    cost: int = 0
    captured: int = 0
    receivable: int = 0
    overrun: int = 0
    refunded: int = 0
    balance: int = 0
    days: frozenset[date] = frozenset()
    estimated: bool = False
    item: Any = None


@dataclass(slots=True)
class Hold:
    """Money set aside for one dispense, or lent to a kiosk (`lease`); `expires` in Unix seconds."""

    wallet: str
    kiosk: str
    amount: int
    expires: float
    lease: bool = False
    captured: int = 0
    open: bool = True

    @property
    def rest(self) -> int:
        return self.amount - self.captured if self.open else 0


@dataclass(slots=True)
class Purse:
    """A wallet.

    Attributes:
        maybe: somebody asked something of it, and nobody knows whether it was done.
    """

    posted: int
    owed: int = 0
    maybe: bool = False
    holds: list[Hold] = field(default_factory=list)

    def held(self, now: float) -> int:
        """What is set aside; what ended by itself may be so for half a minute more."""
        return sum(hold.rest for hold in self.holds if hold.expires > now)


@dataclass(slots=True)
class Tenant:
    """What the first line says of one."""

    zone: ZoneInfo
    prices: list[Price]
    kiosks: list[str]
    purses: dict[str, Purse]


@dataclass(slots=True)
class Expected:
    """All of a run.

    Attributes:
        at: when it began, Unix seconds.
        received: numbers of records that came, by kiosk and epoch.
        wrong: answers that were not the right ones.
    """

    run: str = ""
    at: float = 0.0
    ended: bool = False
    tenants: dict[str, Tenant] = field(default_factory=dict)
    dues: dict[Key, Due] = field(default_factory=dict)
    conflicts: set[Key] = field(default_factory=set)
    holds: dict[str, Hold] = field(default_factory=dict)
    received: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def through(self, kiosk: str, epoch: int) -> int:
        """The highest number with none missing below it."""
        found = self.received[kiosk, epoch]
        missing = gaps(found)
        return missing[0][0] - 1 if missing else max(found)

    def missing(self, kiosk: str) -> list[tuple[int, int, int]]:
        """Gaps as (epoch, first, last)."""
        return [
            (epoch, *gap)
            for (owner, epoch), seqs in sorted(self.received.items())
            if owner == kiosk
            for gap in gaps(seqs)
        ]


def gaps(seqs: set[int]) -> list[tuple[int, int]]:
    """What is missing below the highest: (first, last)."""
    found, before = [], 0
    for seq in sorted(seqs):
        if seq > before + 1:
            found.append((before + 1, seq - 1))
        before = seq
    return found
