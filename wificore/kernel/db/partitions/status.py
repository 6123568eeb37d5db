"""How far partitions reach, in one line per table, for people and for monitoring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from .catalogue import Catalogue, Parent
from .planner import Rules


@dataclass(frozen=True, slots=True)
class Line:
    """One table, over all schemas that were asked about.

    Attributes:
        oldest, until: days; of the schema where they are the least.
        detached: partitions that wait for their archive; `pending`: detaches that were interrupted.
    """

    schema: str
    table: str
    schemas: int
    partitions: int
    oldest: str
    until: str
    detached: int
    pending: int


def lines(rules: Rules, shown: Catalogue, now: datetime, *, each: bool) -> list[Line]:
    """The state of all tables.

    Args:
        each: a line per schema too, not only per table.
    """
    ours = [parent for parent in shown.parents if rules.of(parent.schema, parent.table)]

    def key(parent: Parent) -> tuple[str, str]:
        return parent.schema if each else "", parent.table

    grouped = groupby(sorted(ours, key=key), key=key)
    return [_line(*names, list(parents), shown, now) for names, parents in grouped]


def _line(
    schema: str, table: str, parents: Sequence[Parent], shown: Catalogue, now: datetime
) -> Line:
    attached = [partition for parent in parents for partition in parent.partitions]
    return Line(
        schema=schema,
        table=table,
        schemas=len(parents),
        partitions=len(attached),
        oldest=_day(min((known.span.lower for known in attached), default=None)),
        until=_day(min(parent.reach(now) for parent in parents)),
        detached=sum(len(shown.detached_from(parent)) for parent in parents),
        pending=sum(known.pending for known in attached),
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
