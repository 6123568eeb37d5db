"""The text that a closed day's hash is made of, and what is wrong with a chain of them.

A hash alone can be made anew by whoever can rewrite the whole chain. The application's role cannot
(grants), and each hash stands in the audit trail's sealed line of its close as well (ADR 12, 29).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from wificore.kernel.db.context import current

from . import selectors
from .models import DayClose

FORMAT = 1


def text(close: DayClose) -> str:
    """All of a close but its hash, as JSON that never changes."""
    whole = [
        *("day_close", FORMAT, current().schema, close.site_id, close.seq, close.day.isoformat()),
        *(_moment(close.since), _moment(close.until), close.totals, close.note, close.closed_by),
        close.previous,
    ]
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(close: DayClose) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text(close).encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def findings() -> Iterator[tuple[DayClose, str]]:
    """What is not as it was written, oldest first, over all sites of the active tenant."""
    known: dict[int | None, DayClose] = {}
    for close in DayClose.objects.order_by("site", "seq"):
        before = known.get(close.site_id)
        known[close.site_id] = close
        if close.seq != (before.seq + 1 if before else 1):
            yield close, "a close before it is missing"
        elif close.previous != (before.hash if before else ""):
            yield close, "it does not follow the close before it"
        if close.hash != hash_of(close):
            yield close, "it was changed"
        elif close.totals["shifts"] != shifts_of(close):
            yield close, "its shifts are not what they were"


def shifts_of(close: DayClose) -> list[object]:
    """The shifts that a close covers, as the books have them now."""
    covered = selectors.shifts().filter(day=close).order_by("pk")
    return [selectors.shift_totals(shift) for shift in covered]
