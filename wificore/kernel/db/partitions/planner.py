"""From policies, what the catalogue shows and the time, to actions. Nothing is read here.

    ahead    a partition for every day from this period's beginning to today + `ahead`
    behind   each partition that ended `keep_days` ago is looked at by itself, so that a hole
             between old ones leaves nothing behind
    idle     a lazy table without any partition is left alone: the catalogue says who uses it
    resumed  what somebody began: an interrupted detach is finished; a detached table is archived
             and dropped if it is old enough, else attached again

The same plan made twice is the same, and after it was carried out the next one is empty.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..context import PUBLIC
from .actions import Action, Attach, Create, Detach, Retire
from .calendar import DAY, Span, midnight, period
from .catalogue import Catalogue, Parent, Partition
from .policy import Interval, PartitionPolicy


@dataclass(frozen=True, slots=True)
class Override:
    """What one schema wants otherwise; None: as the policy says."""

    interval: Interval | None = None
    ahead: int | None = None
    keep_days: int | None = None


# By (schema, table).
Overrides = Mapping[tuple[str, str], Override]


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies with what single schemas want otherwise.

    Attributes:
        first_use: lazy tables, as (schema, table), that are to be used from now on.
    """

    policies: Sequence[PartitionPolicy]
    overrides: Overrides
    first_use: Collection[tuple[str, str]] = ()

    def idle(self, rule: PartitionPolicy, parent: Parent, detached: Sequence[Partition]) -> bool:
        """Whether it is a feature's table that this schema does not use yet."""
        known = (parent.partitions, detached, (parent.schema, parent.table) in self.first_use)
        return rule.lazy and not any(known)

    def of(self, schema: str, table: str) -> PartitionPolicy | None:
        """The policy as it holds for this schema; None: the table is not ours."""
        where = "public" if schema == PUBLIC else "tenant"
        found = (p for p in self.policies if (p.schema, p.table) == (where, table))
        policy = next(found, None)
        override = self.overrides.get((schema, table), Override())
        if policy is None:
            return None
        return replace(
            policy,
            interval=override.interval or policy.interval,
            ahead=policy.ahead if override.ahead is None else override.ahead,
            keep_days=policy.keep_days if override.keep_days is None else override.keep_days,
        )


def plan(rules: Rules, shown: Catalogue, now: datetime) -> list[Action]:
    """Everything to do, table by table, in an order in which it can be done."""
    actions: list[Action] = []
    for parent in shown.parents:
        rule, detached = rules.of(parent.schema, parent.table), shown.detached_from(parent)
        if rule and not rules.idle(rule, parent, detached):
            actions += _for_parent(rule, parent, detached, now)
    return actions


def expired(rule: PartitionPolicy, partition: Partition, now: datetime) -> bool:
    """Whether retention wants it gone."""
    held = partition.hold is not None and now < partition.hold
    if rule.keep_days is None or held:
        return False
    return partition.span.upper <= midnight(now) - rule.keep_days * DAY


def _for_parent(
    rule: PartitionPolicy, parent: Parent, detached: Sequence[Partition], now: datetime
) -> Iterator[Action]:
    inside = sorted(parent.partitions)
    pending = [partition for partition in inside if partition.pending]
    everything = [*inside, *detached]
    gone = [partition for partition in everything if expired(rule, partition, now)]
    for partition in pending:
        yield _detach(partition)
    for partition in [*pending, *detached]:
        if partition not in gone:
            yield Attach(*partition.address, rule.key, partition.span)
    yield from _creations(rule, parent, [p.span for p in everything if p not in gone], now)
    for partition in gone:
        if partition in inside and not partition.pending:
            yield _detach(partition)
        yield Retire(*partition.address, rule.key, partition.span, archive=rule.archive)


def _detach(partition: Partition) -> Detach:
    return Detach(*partition.address, partition.span, resumed=partition.pending)


def _creations(
    rule: PartitionPolicy, parent: Parent, spans: Sequence[Span], now: datetime
) -> Iterator[Create]:
    cursor = period(rule.interval, now).lower
    end = midnight(now) + (rule.ahead + 1) * DAY
    while cursor < end:
        there = next((span for span in spans if cursor in span), None)
        if there is None:
            there = Span(cursor, _room(rule.interval, cursor, spans))
            yield Create(parent.schema, parent.table, rule.key, there)
        cursor = there.upper


def _room(interval: Interval, lower: datetime, spans: Sequence[Span]) -> datetime:
    """Where a partition from `lower` on must end: with its period, or before the next one.

    After a tenant's interval changed, the partitions of the old one stay as they are.
    """
    following = (span.lower for span in spans if span.lower > lower)
    return min([period(interval, lower).upper, *following])
