"""What a record is worth and which day it belongs to: the rules once more, from their description.

Nothing here is shared with what books records: two who read the same page must come to the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .moments import TRUST_S

Record = dict[str, Any]

MOST_ML = 1_000_000
BROKEN = frozenset({"fault", "power", "no_flow"})
NUMBERS = ("ml", "pulses", "totalizer_ml", "dur_ms", "up_ms", "tariff_v")


@dataclass(frozen=True, slots=True)
class Price:
    """A version of the tariff; `since` in Unix seconds, the price in micro-units a litre."""

    v: int
    since: float
    price: int


def impossible(record: Record) -> bool:
    """A field of a wrong type, or more water than a tap can give."""
    if any(type(record[name]) is not int or record[name] < 0 for name in NUMBERS):
        return True
    return bool(record["ml"] > MOST_ML)


def state(record: Record) -> str:
    """Of a record that is booked."""
    if record["ml"] == 0:
        return "aborted"
    return "partial" if record["stop"] in BROKEN else "completed"


def told_time(record: Record) -> float | None:
    """What its clock said, Unix seconds."""
    return datetime.fromisoformat(record["t"]).timestamp() if record["t"] else None


def trusted(record: Record, now: float) -> float | None:
    """Its time where that is believed."""
    when = told_time(record)
    if record["clk"] != "synced" or when is None or abs(when - now) > TRUST_S:
        return None
    return when


def in_force(prices: Sequence[Price], when: float) -> Price:
    return max((one for one in prices if one.since <= when), key=lambda one: one.since)


def price(prices: Sequence[Price], record: Record, now: float) -> Price | None:
    """Of a dispense; None: its own version, and there is none of that number."""
    when = trusted(record, now)
    if when is not None:
        return in_force(prices, when)
    return next((one for one in prices if one.v == record["tariff_v"]), None)


def cost(ml: int, micro_per_litre: int) -> int:
    return ml * micro_per_litre // 1000


def day(when: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(when, UTC).astimezone(zone).date()


def estimate(record: Record, neighbours: Iterable[tuple[int, float]]) -> float | None:
    """When it was, by the uptime of a neighbour (its `up_ms`, and its time)."""
    return next((at + (record["up_ms"] - up) / 1000 for up, at in neighbours), None)
