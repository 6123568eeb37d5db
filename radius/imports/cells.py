"""One record -> its staged row and what is wrong with it, by itself. Pure: no database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from radius.models import MAX_PASSWORD, Subscriber, SubscriberStatus, printable

from .reading import Record

REQUIRED = "Required."
LIMITS = {
    name: int(getattr(Subscriber._meta.get_field(name), "max_length", 0))
    for name in ("username", "name", "phone")
}
VISIBLE = re.compile(printable.regex)
STATUSES = tuple(SubscriberStatus.values)


class Fault(NamedTuple):
    """What is wrong with one field of one line; its message never repeats the cell."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """What is staged of a record, and its password. Empty or None: not given."""

    line: int
    username: str
    password: str
    plan: str
    name: str
    phone: str
    status: str
    expires_at: datetime | None


def parse(record: Record) -> tuple[Row, list[Fault]]:
    """User name and password count as written; around other cells blanks mean nothing."""
    cells = record.cells
    trimmed = {name: cells[name].strip() for name in ("plan", "name", "phone")}
    moment, bad_moment = _moment(cells["expires_at"].strip())
    row = Row(
        line=record.line,
        username=cells["username"],
        password=cells["password"],
        status=cells["status"].strip().lower(),
        expires_at=moment,
        **trimmed,
    )
    faults = [Fault(record.line, field, message) for field, message in _faults(row)]
    if bad_moment:
        faults.append(Fault(record.line, "expires_at", bad_moment))
    if record.surplus > 0:
        faults.append(Fault(record.line, "row", "More cells than columns: is a quote missing?"))
    return row, faults


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    if not row.username:
        yield "username", REQUIRED
    for field, limit in LIMITS.items():
        if len(getattr(row, field)) > limit:
            yield field, f"At most {limit} characters."
    if len(row.password) > MAX_PASSWORD:
        yield "password", f"At most {MAX_PASSWORD} characters."
    for field in ("username", "password"):
        text = getattr(row, field)
        if text and not VISIBLE.match(text):
            yield field, "Use printable characters only."
    if row.status and row.status not in STATUSES:
        yield "status", f"One of: {', '.join(STATUSES)}."


def _moment(text: str) -> tuple[datetime | None, str]:
    """ISO 8601; a time without zone is UTC, a date alone its first moment."""
    if not text:
        return None, ""
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return zoned.astimezone(UTC), ""
    except (ValueError, OverflowError):
        return None, "Not a time: write 2027-12-31T18:00:00Z or 2027-12-31."
