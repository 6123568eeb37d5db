"""What one record that comes for the first time does to holds, leases and wallets."""

from collections.abc import Sequence
from datetime import date

from . import rules
from .expected import Due, Expected, Hold, Key, Tenant
from .rules import Record

Span = tuple[float, float]


class Booking:
    """Books records in the order in which they came."""

    def __init__(self, due: Expected) -> None:
        self._due = due
        self._neighbours: dict[tuple[str, int], list[tuple[int, float]]] = {}

    def book(
        self, tenant: str, key: Key, record: Record, batch: Sequence[Record], span: Span
    ) -> Due:
        """What must become of it.

        Args:
            batch: what came with it: its neighbours' clocks may be known already.
            span: between which moments it was received.
        """
        told = self._due.tenants[tenant]
        price = None if rules.impossible(record) else rules.price(told.prices, record, span[0])
        hold = self._due.holds.get(record.get(record["mode"], ""))
        staff = record["mode"] == "staff"
        if price is None or not (staff or _owns(hold, key[0], record["mode"])):
            return Due(tenant, record, "quarantined", days=frozenset())
        made = Due(tenant, record, rules.state(record), ml=record["ml"])
        made.days, made.estimated = self._days(told, key, record, batch, span)
        if hold is not None and not staff:
            made.wallet, made.hold = hold.wallet, record[record["mode"]]
            made.cost = rules.cost(record["ml"], price.price)
            self._spend(told, made, hold, span[0])
        return made

    def _spend(self, tenant: Tenant, due: Due, hold: Hold, now: float) -> None:
        """A hold ends with its first record; of a lease as much is taken as there is."""
        alive = hold.open and hold.expires > now
        due.captured = min(due.cost, hold.rest) if alive else 0
        rest = due.cost - due.captured
        if alive and not hold.lease:
            due.overrun = rest
            hold.open = False
        else:
            due.receivable = rest
        hold.captured += due.captured
        purse = tenant.purses[hold.wallet]
        purse.posted -= due.captured
        purse.owed += due.receivable
        due.balance = purse.posted

    def _days(
        self, tenant: Tenant, key: Key, record: Record, batch: Sequence[Record], span: Span
    ) -> tuple[frozenset[date], bool]:
        """The day it may belong to, and whether that is a guess."""
        known = self._neighbours.setdefault(key[:2], [])
        when = rules.trusted(record, span[0])
        if when is not None:
            known.append((record["up_ms"], when))
            return frozenset({rules.day(when, tenant.zone)}), False
        received = {rules.day(moment, tenant.zone) for moment in span}
        if (about := rules.estimate(record, known)) is not None:
            return frozenset({rules.day(about, tenant.zone)}), True
        coming = _clocks(record, batch, span[0])
        if (about := rules.estimate(record, coming)) is not None:
            received.add(rules.day(about, tenant.zone))
        return frozenset(received), True


def _owns(hold: Hold | None, kiosk: str, mode: str) -> bool:
    return hold is not None and hold.kiosk == kiosk and hold.lease == (mode == "lease")


def _clocks(record: Record, batch: Sequence[Record], now: float) -> list[tuple[int, float]]:
    """Neighbours that came with it."""
    found = []
    for other in batch:
        if other["epoch"] == record["epoch"] and not rules.impossible(other):
            when = rules.trusted(other, now)
            if when is not None:
                found.append((other["up_ms"], when))
    return found
