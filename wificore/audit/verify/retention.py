"""Which days of a trail may be gone: archived by the partition engine, not removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.files.storage import Storage

from tenants.partitioning import overrides
from wificore.kernel.db.context import PUBLIC
from wificore.kernel.db.partitions import archive, policies
from wificore.kernel.db.partitions.calendar import Span
from wificore.kernel.db.partitions.engine import look

TABLE = "audit_entry"


@dataclass(frozen=True, slots=True)
class Retention:
    """What is known of one schema's partitions.

    Attributes:
        there: times of the partitions that are attached.
        keep: how long a partition stays; None: for ever.
        archived: times of those that lie in the archive.
    """

    there: Sequence[Span]
    keep: timedelta | None
    archived: Sequence[Span]
    now: datetime

    def has(self, day: date) -> bool:
        """Whether the day's partition is attached, so that its rows must be there."""
        return any(_start(day) in span for span in self.there)

    def explains(self, day: date) -> bool:
        """Whether a day without a partition is one that was archived."""
        old = self.keep is not None and _start(day) + timedelta(days=1) + self.keep <= self.now
        return old or any(_start(day) in span for span in self.archived)


def retention_of(schema: str, *, using: str, store: Storage | None, now: datetime) -> Retention:
    """Ask the catalogue, the policy and the archive; call it as the platform.

    Args:
        store: where archives lie; None: the storage `archive` of the settings.
    """
    parents = [parent for parent in look([schema], using=using).parents if parent.table == TABLE]
    there = [known.span for parent in parents for known in parent.partitions if not known.pending]
    where = "public" if schema == PUBLIC else "tenant"
    days = next(p.keep_days for p in policies() if (p.schema, p.table) == (where, TABLE))
    if (other := overrides([schema], using).get((schema, TABLE))) and other.keep_days is not None:
        days = other.keep_days
    chosen = store or archive.storage()
    notes = archive.notes(chosen, schema, TABLE)
    archived = [archive.read(chosen, note).span for note in notes]
    return Retention(there, None if days is None else timedelta(days=days), archived, now)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
