"""Reads of the active schema's own stream of events."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from wificore.kernel.db.context import current
from wificore.kernel.events import Event
from wificore.kernel.sql import load, render

SQL = Path(__file__).parent / "sql" / "reading.sql"
# One request looks through so many numbers at most, however few of them it may show.
WINDOW = 10_000


class Gone(LookupError):
    """What was asked for is not kept any more, or is no number of this stream.

    Attributes:
        oldest: the lowest number that can still be had.
    """

    def __init__(self, oldest: int, last: int) -> None:
        super().__init__(f"kept are {oldest} to {last}")
        self.oldest = oldest
        self.last = last


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a stream.

    Attributes:
        upto: the number up to which the stream was looked through; the next page is after it.
        last: the number of the newest event. oldest: of the oldest one that is kept.
    """

    events: list[Event]
    upto: int
    last: int
    oldest: int


def events_after(*, after: int | None, types: Collection[str], limit: int) -> Page:
    """Events of these types that follow number `after`; None: from the oldest that is kept.

    Raises:
        Gone: events that follow `after` are not kept any more, or it lies ahead of the stream.
    """
    tenant = {"tenant": current().schema}
    last = _number("last", tenant) or 0
    begin = _oldest(tenant, last) - 1 if after is None else after
    end = min(begin + WINDOW, last)
    asked = {"after": begin, "upto": end, "types": list(types), "limit": limit + 1}
    found = [_event(row) for row in _rows("window", {**tenant, **asked})]
    # Asked last: what expired while it was read is noticed.
    oldest = _oldest(tenant, last)
    if begin > last or begin < oldest - 1:
        raise Gone(oldest, last)
    events = found[:limit]
    upto = events[-1].seq if len(found) > limit else max(end, begin)
    return Page(events, upto, last, oldest)


def published() -> int:
    """The number of the last event that the relay has sent on; 0: none yet."""
    return _number("published", {"tenant": current().schema}) or 0


def _oldest(tenant: dict[str, str], last: int) -> int:
    """The next number to be given out when nothing is kept."""
    return _number("oldest", tenant) or last + 1


def _number(name: str, values: dict[str, Any]) -> int | None:
    rows = _rows(name, values)
    return int(rows[0][0]) if rows else None


def _event(row: tuple[Any, ...]) -> Event:
    event_id, tenant, seq, kind, subject, payload, at = row
    return Event(event_id, tenant, seq, kind, subject, json.loads(payload), at)


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(render(load(SQL)[name], "public"), values)
        return list(cursor.fetchall())
