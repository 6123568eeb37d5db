"""The SQL of the chain (`sql/seal.sql`), in the schema that is active."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, astuple
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connections

from wificore.kernel.db.context import PUBLIC, current, platform_context
from wificore.kernel.sql import load, render

from .chain import Batch, Head, Seal

SQL = load(Path(__file__).with_name("sql") / "seal.sql")
# Between here and now all times of rows lie.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
PAGE = 5_000
SEALS_PAGE = 500


def now(using: str) -> datetime:
    moment: datetime = _query(using, "now")[0][0]
    return moment


def fresh(
    using: str, *, after: datetime, since: datetime, upto: datetime, limit: int
) -> list[Batch]:
    """What is to be sealed of the rows of [after, upto), the oldest first.

    Args:
        since: rows from before then count as late.
        limit: rows in all.
    """
    values = {"after": after, "since": since, "upto": upto, "limit": limit}
    return [Batch(**row) for row in _named(using, _statement("fresh"), values)]


def add(using: str, seal: Seal) -> bool:
    """Append to the chain; False if this number is taken."""
    with connections[using].cursor() as cursor:
        cursor.execute(_statement("seal_add"), asdict(seal))
        return bool(cursor.rowcount == 1)


def last(using: str, made_before: datetime | None = None) -> Seal | None:
    """The newest seal, or the newest that was made before a time."""
    where = "made_at < %s ORDER BY seq DESC" if made_before else "true ORDER BY seq DESC"
    found = _seals(using, where, [made_before] if made_before else [], 1)
    return found[0] if found else None


def walk(using: str, after: int) -> Iterator[Seal]:
    """All seals with higher numbers than `after`, in order."""
    while page := _seals(using, "seq > %s ORDER BY seq", [after], SEALS_PAGE):
        yield from page
        after = page[-1].seq


def of_day(using: str, day: date) -> list[Seal]:
    return _seals(using, "day = %s ORDER BY seq", [day], None)


def days(using: str, since: date) -> dict[date, int]:
    """Days that seals speak of, from this one on, with the number of their rows."""
    return dict(_query(using, "days", [since]))


def ends(using: str, since: datetime) -> tuple[datetime, datetime] | None:
    """The first and the last time of rows that are there; None if none is."""
    first, last_one = _query(using, "ends", [since])[0]
    return (first, last_one) if first else None


def rows(using: str, day: date) -> Iterator[Sequence[Any]]:
    """The rows of a day as `canonical` takes them, in pages, so that none holds a transaction."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    at, number, until = start, -1, start + timedelta(days=1)
    while True:
        values = {"since": start, "until": until, "at": at, "id": number, "limit": PAGE}
        page = _query(using, "rows", values)
        yield from page
        if len(page) < PAGE:
            return
        number, since = page[-1][0], page[-1][1]
        at = BEGINNING + timedelta(microseconds=since)


def head(using: str, schema: str) -> Head | None:
    """What the platform knows of this chain."""
    with _as_platform():
        found = _query(using, "head", [schema])
    if not found:
        return None
    return Head(schema, *map(_plain, found[0]))


def head_put(using: str, head: Head) -> None:
    """Note the newest seal; call it outside the tenant's transaction."""
    with _as_platform(), connections[using].cursor() as cursor:
        cursor.execute(SQL["head_put"], astuple(head))


def head_drop(using: str, schema: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(SQL["head_drop"], [schema])


def _seals(using: str, where: str, values: list[Any], limit: int | None) -> list[Seal]:
    statement = _statement("seals").replace("{where}", where)
    statement = statement.replace("{limit}", str(limit) if limit else "ALL")
    schema = current().schema
    return [Seal(schema=schema, **row) for row in _named(using, statement, values)]


def _named(using: str, statement: str, values: Any) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
        return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _query(using: str, name: str, values: Any = None) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(_statement(name), values)
        return list(cursor.fetchall())


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _statement(name: str) -> str:
    return render(SQL[name].replace("{row}", SQL["row"]), current().schema)


def _as_platform() -> AbstractContextManager[None]:
    return nullcontext() if current().schema == PUBLIC else platform_context()
