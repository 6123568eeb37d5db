"""Which days of a trail may be gone: archived by the partition engine, not removed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.core.files.storage import Storage

from tenants.partitioning import overrides
from wificore.kernel import logging
from wificore.kernel.db.context import PUBLIC
from wificore.kernel.db.partitions import archive, policies
from wificore.kernel.db.partitions.calendar import Span
from wificore.kernel.db.partitions.engine import look
from wificore.kernel.db.partitions.manifest import ArchiveInvalid

TABLE = "audit_entry"

log = logging.get(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """What is known of one schema's partitions.

    Attributes:
        there: times of the partitions that are attached.
        keep: how long a partition stays, as the code says or longer; None: for ever.
        archived: asks for the times of those that lie in the archive, if it must be known.
    """

    there: Sequence[Span]
    keep: timedelta | None
    archived: Callable[[], Sequence[Span]]
    now: datetime

    def has(self, day: date) -> bool:
        """Whether the day's partition is attached, so that its rows must be there."""
        return any(_start(day) in span for span in self.there)

    def explains(self, day: date) -> bool:
        """Whether a day without a partition is one that was archived."""
        old = self.keep is not None and _start(day) + timedelta(days=1) + self.keep <= self.now
        return old or any(_start(day) in span for span in self.archived())


def retention_of(schema: str, *, using: str, store: Storage | None, now: datetime) -> Retention:
    """Ask the catalogue, the policy and the archive; call it as the platform.

    Args:
        store: where archives lie; None: the storage `archive` of the settings.
    """
    parents = [parent for parent in look([schema], using=using).parents if parent.table == TABLE]
    there = [known.span for parent in parents for known in parent.partitions if not known.pending]
    where = "public" if schema == PUBLIC else "tenant"
    days = next(p.keep_days for p in policies() if (p.schema, p.table) == (where, TABLE))
    other = overrides([schema], using).get((schema, TABLE))
    # A shorter time for one tenant is a row that could be forged: the archive must have what went.
    if days is not None and other and other.keep_days is not None:
        days = max(days, other.keep_days)

    @cache
    def archived() -> Sequence[Span]:
        return list(_archived(schema, store or archive.storage()))

    return Retention(there, None if days is None else timedelta(days=days), archived, now)


def _archived(schema: str, store: Storage) -> Iterator[Span]:
    for note in archive.notes(store, schema, TABLE):
        try:
            yield archive.read(store, note).span
        except ArchiveInvalid:  # it explains nothing
            log.warning("damaged manifest in the archive", manifest=note)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
