"""When a dispense was (pure): devices' clocks may say 1970, or next year (MONEY-WATER 3, Clock).

A time is trusted when the device says that its clock is synced, and it is within 48 hours of now.
A record without one is dated by a trusted neighbour of its epoch: uptime runs evenly between them.
Records are ordered by (epoch, seq), never by time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SYNCED = "synced"
TRUSTED_FOR = timedelta(hours=48)
ESTIMATED = "time_estimated"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A record of an epoch whose time is trusted: its number, its uptime, its time."""

    seq: int
    up_ms: int
    at: datetime


@dataclass(frozen=True, slots=True)
class When:
    """As well as we know.

    Attributes:
        estimated: `at` is not what a trusted clock said.
    """

    at: datetime
    day: date
    estimated: bool


def trusted(clk: str, t: datetime | None, now: datetime) -> datetime | None:
    """The device's time if it can be relied on."""
    return t if t is not None and clk == SYNCED and abs(t - now) <= TRUSTED_FOR else None


def business_day(moment: datetime, zone: str) -> date:
    """The day of a moment where the kiosk stands."""
    return moment.astimezone(ZoneInfo(zone)).date()


def when(at: datetime | None, guess: datetime | None, now: datetime, zone: str) -> When:
    """Of what is known the best: the trusted time, the neighbours' guess, the time received."""
    best = at or guess or now
    return When(best, business_day(best, zone), estimated=at is None)


def estimate(seq: int, up_ms: int, anchors: Iterable[Anchor], now: datetime) -> datetime | None:
    """The time of a record from its nearest neighbour; None: none tells it."""
    usable = [anchor for anchor in anchors if _same_run(anchor, seq, up_ms)]
    nearest = min(usable, key=lambda anchor: (abs(anchor.seq - seq), anchor.seq), default=None)
    if nearest is None:
        return None
    found = nearest.at + timedelta(milliseconds=up_ms - nearest.up_ms)
    return found if found <= now + TRUSTED_FOR else None


def _same_run(anchor: Anchor, seq: int, up_ms: int) -> bool:
    """Uptime rises with the numbers, unless the device began again between them."""
    if anchor.seq < seq:
        return anchor.up_ms <= up_ms
    return anchor.up_ms >= up_ms
