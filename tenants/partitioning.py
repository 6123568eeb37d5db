"""The partition engine over tenants: which schemas there are, and what they want otherwise."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import connections

from wificore.kernel.db.context import PUBLIC, platform_context
from wificore.kernel.db.partitions import (
    Interval,
    Outcome,
    Override,
    Overrides,
    apply,
    ensure,
    planned,
    policies,
)
from wificore.kernel.db.partitions.alarms import Alarm, alarms, relations, tell
from wificore.kernel.db.partitions.engine import look
from wificore.kernel.db.partitions.planner import Rules
from wificore.kernel.db.partitions.status import Line, lines
from wificore.kernel.db.router import OWNER_ALIAS

from .models import PartitionOverride
from .selectors import tenants_with_schema


def all_schemas(using: str = OWNER_ALIAS) -> list[str]:
    """`public` and every tenant that has a schema, suspended ones too."""
    return [PUBLIC, *(tenant.schema_name for tenant in tenants_with_schema(using))]


def overrides(schemas: Iterable[str], using: str = OWNER_ALIAS) -> Overrides:
    """What these tenants want otherwise, by (schema, table)."""
    with platform_context():
        rows = PartitionOverride.objects.using(using).filter(tenant__schema_name__in=list(schemas))
        return {
            (row.tenant.schema_name, row.table): Override(
                cast(Interval, row.interval), row.ahead, row.keep_days
            )
            for row in rows.select_related("tenant")
        }


def schema_ensure(schema: str) -> None:
    """Partitions for today and ahead, after the schema's migrations."""
    ensure(schema, overrides=overrides([schema]))


def tables_begin(schema: str, tables: Collection[str]) -> int:
    """A tenant begins to use a feature: partitions for its lazy tables, now and every night.

    Returns:
        How many partitions were made; 0: it used them already.

    Raises:
        ValueError: one is no lazy table of a tenant.
    """
    lazy = {policy.table for policy in policies() if policy.schema == "tenant" and policy.lazy}
    if unknown := set(tables) - lazy:
        raise ValueError(f"not a lazy table: {', '.join(sorted(unknown))}")
    return ensure(schema, tables=tables, overrides=overrides([schema]))


def run_window(
    schemas: Sequence[str],
    now: datetime,
    *,
    claim: Callable[[str], bool] = lambda _schema: True,
    done: Callable[[str, list[Outcome]], None] = lambda _schema, _outcomes: None,
) -> list[Outcome]:
    """One night's work for a chunk of schemas; what fails in one stops no other.

    The catalogue is asked once for all of them. An action that another run carried out meanwhile
    is found done.

    Args:
        claim: whether this night's work for a schema is ours, asked just before it begins.
        done: hears what became of it.
    """
    with platform_context():
        actions = planned(schemas, now, overrides=overrides(schemas))
    everything = []
    for schema in schemas:
        if claim(schema):
            with platform_context():
                outcomes = list(apply([one for one in actions if one.schema == schema]))
            done(schema, outcomes)
            everything += outcomes
    return everything


@dataclass(frozen=True, slots=True)
class Report:
    """What `partitions status` shows."""

    lines: list[Line]
    relations: int
    alarms: list[Alarm]


def report(
    schemas: Sequence[str], now: datetime, *, each: bool = False, using: str = OWNER_ALIAS
) -> Report:
    """The state of all tables, and the alarms, which the log hears as well; any login may ask."""
    rules = Rules(policies(), overrides(schemas, using))
    with platform_context(), connections[using].cursor() as cursor:
        shown = look(schemas, using=using)
        count = relations(cursor)
    found = alarms(rules, shown, count, now)
    tell(found)
    return Report(lines(rules, shown, now, each=each), count, found)
