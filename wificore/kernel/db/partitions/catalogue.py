"""What the database's catalogue shows of partitioned tables: one query for all schemas."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...sql import load
from .calendar import Span

SQL = load(Path(__file__).with_name("catalogue.sql"))
BOUNDS = re.compile(r"FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)")
MARK = "wificore.partition "


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One partition, attached or detached.

    Attributes:
        pending: a DETACH CONCURRENTLY was interrupted in the middle.
        hold: until when retention leaves it alone, because somebody restored it.
    """

    schema: str
    table: str
    name: str
    span: Span
    pending: bool = False
    hold: datetime | None = None

    @property
    def address(self) -> tuple[str, str, str]:
        """Schema, table and name: what every action begins with."""
        return self.schema, self.table, self.name


@dataclass(slots=True)
class Parent:
    """One partitioned table with the partitions that it has.

    Attributes:
        strange: names of partitions that are not ours: DEFAULT, or without an end.
    """

    schema: str
    table: str
    partitions: list[Partition] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def covers(self, moment: datetime) -> bool:
        """Whether a row of this moment has a partition."""
        return any(moment in known.span for known in self.partitions if not known.pending)

    def reach(self, moment: datetime) -> datetime:
        """Until when, from this moment on, every row has a partition."""
        for span in sorted(known.span for known in self.partitions if not known.pending):
            if moment in span:
                moment = span.upper
        return moment


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All partitioned tables that were asked for, and what was detached from them."""

    parents: Sequence[Parent]
    detached: Sequence[Partition]

    def detached_from(self, parent: Parent) -> list[Partition]:
        """What was a partition of this table and is still there."""
        table = (parent.schema, parent.table)
        return [known for known in self.detached if (known.schema, known.table) == table]

    def attached(self, schema: str, name: str) -> Partition | None:
        """A partition by its name."""
        everything = (known for parent in self.parents for known in parent.partitions)
        return next((p for p in everything if (p.schema, p.name) == (schema, name)), None)

    def waiting(self, schema: str, name: str) -> Partition | None:
        """A detached one by its name."""
        return next((p for p in self.detached if (p.schema, p.name) == (schema, name)), None)


def read(cursor: Any, schemas: Iterable[str], tables: Iterable[str]) -> Catalogue:
    """Ask the database; tables that a schema does not have are simply not in the answer."""
    cursor.execute(SQL["shown"], {"schemas": list(schemas), "tables": list(tables)})
    parents: dict[tuple[str, str], Parent] = {}
    detached = []
    for schema, table, name, bound, pending, comment in cursor.fetchall():
        marked = mark_of(comment)
        if table is None:
            if marked is not None:
                detached.append(replace(marked, schema=schema, name=name))
            continue
        parent = parents.setdefault((schema, table), Parent(schema, table))
        if name is not None:
            _add(parent, name, _span(bound), pending=pending, hold=marked.hold if marked else None)
    return Catalogue(
        [parents[key] for key in sorted(parents)],
        sorted(detached, key=lambda partition: (partition.schema, partition.name)),
    )


def _add(
    parent: Parent, name: str, span: Span | None, *, pending: bool, hold: datetime | None
) -> None:
    if span is None:
        parent.strange.append(name)
        return
    parent.partitions.append(Partition(parent.schema, parent.table, name, span, pending, hold))


def mark(table: str, span: Span, hold: datetime | None = None) -> str:
    """The comment that says what a table is once it is detached."""
    facts = {"table": table, "from": span.lower.isoformat(), "to": span.upper.isoformat()}
    return MARK + json.dumps({**facts, "hold": hold.isoformat()} if hold else facts)


def mark_of(comment: str | None) -> Partition | None:
    """What `mark` wrote, without schema and name; None for any other comment."""
    if comment is None or not comment.startswith(MARK):
        return None
    try:
        facts = json.loads(comment.removeprefix(MARK))
        span = Span(_moment(facts["from"]), _moment(facts["to"]))
        hold = _moment(facts["hold"]) if "hold" in facts else None
        return Partition("", facts["table"], "", span, hold=hold)
    except (ValueError, KeyError, TypeError):
        return None


def _span(bound: str) -> Span | None:
    found = BOUNDS.fullmatch(bound)
    try:
        return Span(_moment(found[1]), _moment(found[2])) if found else None
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    """A bound as PostgreSQL prints it; dates and times without a zone are UTC's."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
