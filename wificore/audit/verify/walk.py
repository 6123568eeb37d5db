"""The order of a verification, and how far it has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from wificore.kernel.db.context import current

from .. import store
from ..sealing import LATE
from . import chain, days
from .chain import Expected
from .report import Report
from .retention import Retention


@dataclass(frozen=True, slots=True)
class Plan:
    """A schema's verification: the days to look at, then the work."""

    using: str
    since: date | None
    retention: Retention
    expected: Expected | None
    days: Sequence[date]

    def run(self, report: Report) -> Iterator[date]:
        """Verify in the active schema; each day is passed on when it is done.

        What is being written meanwhile counts as not yet sealed.
        """
        known = self._chain(report)
        late_from = known.upto - LATE if known.upto else None
        counts = store.days(self.using, self.since or store.BEGINNING.date())
        for day in self.days:
            if self.retention.has(day):
                seals = store.of_day(self.using, day)
                rows = store.rows(self.using, day)
                days.check(day, seals, rows, report, known, late_from)
            elif counts.get(day):
                self._gone(day, counts[day], report)
            yield day

    def _chain(self, report: Report) -> chain.Chain:
        head = store.head(self.using, current().schema)
        anchor = store.last(self.using, _start(self.since)) if self.since else None
        return chain.check(
            store.walk(self.using, anchor.seq if anchor else 0),
            report,
            head=head,
            anchor=anchor,
            expected=self.expected,
        )

    def _gone(self, day: date, rows: int, report: Report) -> None:
        if self.retention.explains(day):
            report.archived += rows
            report.archived_days += 1
            return
        message = f"{rows:,} rows of {day} are missing: their partition is gone, and not archived"
        report.add("rows_missing", message)


def plan(
    retention: Retention,
    *,
    using: str = "default",
    since: date | None = None,
    expected: Expected | None = None,
) -> Plan:
    """What there is to verify in the active schema: every day that has rows or had some."""
    first = since or store.BEGINNING.date()
    wanted = set(store.days(using, first))
    if ends := store.ends(using, _start(first)):
        here, final = (moment.astimezone(UTC).date() for moment in ends)
        wanted |= {here + timedelta(days=n) for n in range((final - here).days + 1)}
    return Plan(using, since, retention, expected, sorted(wanted))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
