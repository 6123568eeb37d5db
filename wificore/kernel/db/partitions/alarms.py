"""What an operator must hear before data could be refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...logging import get
from . import catalogue
from .calendar import DAY, midnight
from .catalogue import Catalogue, Parent
from .planner import Rules, expired

log = get(__name__)

# TENANCY 6: DDL, dumps and planning slow down as the catalogue grows.
RELATIONS_ALARM = 300_000
RELATIONS_LIMIT = 600_000
# Nights that a partition may be overdue: an archive may be out of reach for one.
GRACE = 2 * DAY


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong; `schema` and `table` are empty where it is the whole database's."""

    code: str
    text: str
    schema: str = ""
    table: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


def alarms(rules: Rules, shown: Catalogue, relations: int, now: datetime) -> list[Alarm]:
    """All alarms, from what was read; nothing is read here."""
    found = list(_crowded(relations))
    for parent in shown.parents:
        if rule := rules.of(parent.schema, parent.table):
            detached = shown.detached_from(parent)
            if not rules.idle(rule, parent, detached):
                found += _uncovered(parent, now)
            found += _strange(parent)
            everything = [*parent.partitions, *detached]
            late = [p.name for p in everything if expired(rule, p, now - GRACE)]
            found += _overdue(parent, sorted(late))
    return found


def tell(found: Iterable[Alarm]) -> None:
    """Write alarms to the log, where monitoring looks."""
    for alarm in found:
        log.error("partition alarm", code=alarm.code, tenant=alarm.schema, text=alarm.text)


def relations(cursor: Any) -> int:
    """How many relations the database has."""
    cursor.execute(catalogue.SQL["relations"])
    return int(cursor.fetchone()[0])


def _crowded(count: int) -> Iterator[Alarm]:
    if count > RELATIONS_LIMIT:
        yield Alarm("relations", f"{count:,} relations: take no more tenants into this database")
    elif count > RELATIONS_ALARM:
        yield Alarm("relations", f"{count:,} relations, {RELATIONS_LIMIT:,} are the limit")


def _uncovered(parent: Parent, now: datetime) -> Iterator[Alarm]:
    name = f"{parent.schema}.{parent.table}"
    for day in (midnight(now), midnight(now) + DAY):
        if not parent.covers(day):
            text = f"{name} has no partition for {day:%Y-%m-%d}"
            yield Alarm("no_partition", text, parent.schema, parent.table)


def _strange(parent: Parent) -> Iterator[Alarm]:
    for name in parent.strange:
        text = f"{parent.schema}.{name} is a DEFAULT partition, or has no end: remove it"
        yield Alarm("strange_partition", text, parent.schema, parent.table)


def _overdue(parent: Parent, names: list[str]) -> Iterator[Alarm]:
    if names:
        text = f"{parent.schema}: {len(names)} partitions should be gone, the oldest is {names[0]}"
        yield Alarm("overdue", text, parent.schema, parent.table)
