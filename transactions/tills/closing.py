"""What a close of a day would say: read for the close itself, and for who looks before closing."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from wificore.access.selectors import site_zone, zone

from . import selectors
from .errors import DayClosed, TillInvalid
from .models import DayClose, Shift
from .parts import Cut, parts_at, parts_of

# What the first close of a site looks back to.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Draft:
    """A close that is not written.

    Attributes:
        last: the close before it. covered: the shifts it covers, also open ones.
        doubts: what its reason must explain.
    """

    day: date
    site: int | None
    last: DayClose | None
    since: datetime
    until: datetime
    covered: list[Shift]
    totals: dict[str, Any]

    @property
    def waiting(self) -> list[str]:
        """Who has not counted the drawer yet."""
        return [shift.cashier_name for shift in self.covered if shift.is_open]

    @property
    def doubts(self) -> list[str]:
        found: list[str] = self.totals["doubts"]
        return found


def draft(*, day: date, site: int | None, lock: bool = False) -> Draft:
    """What a close of this day would say now.

    Args:
        lock: the shifts stay as they are until the transaction ends.

    Raises:
        DayClosed: this day, or a later one, is closed.
        TillInvalid: the day is still to come, or there is no such site.
    """
    until = _end_of(day, site)
    last = selectors.last_day(site)
    if last is not None and last.day >= day:
        raise DayClosed(f"{last.day} is closed: close a later day.", field="day")
    since = last.until if last else BEGINNING
    covered = _covered(site, until, lock=lock)
    cut = None if site is None else Cut(site, day, last.day if last else None, since, until)
    # What has to be in a drawer is told when it has been counted, not before.
    counted = [shift for shift in covered if not shift.is_open]
    return Draft(day, site, last, since, until, covered, _totals(counted, cut, since, until))


def _covered(site: int | None, until: datetime, *, lock: bool) -> list[Shift]:
    rows = Shift.objects.select_related("account")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return list(rows.filter(site=site, day=None, opened_at__lt=until).order_by("pk"))


def _totals(
    counted: list[Shift], cut: Cut | None, since: datetime, until: datetime
) -> dict[str, Any]:
    ids = [shift.pk for shift in counted]
    said = parts_at(cut) if cut else {}
    totals = {
        "shifts": [selectors.shift_totals(shift) for shift in counted],
        "sales": selectors.sold(ids),
        "refunds": selectors.refunded(ids),
        "counted_micro": sum(shift.counted_micro or 0 for shift in counted),
        "difference_micro": sum(shift.difference_micro or 0 for shift in counted),
        "parts": {name: one.totals for name, one in said.items()}
        if cut
        else parts_of(since, until),
        "doubts": [doubt for one in said.values() for doubt in one.doubts],
    }
    # As it will be read again, so that the hash is over the same.
    plain: dict[str, Any] = json.loads(json.dumps(totals))
    return plain


def _end_of(day: date, site: int | None) -> datetime:
    """The end of a day where it is, at most now."""
    named = zone() if site is None else site_zone(site)
    if named is None:
        raise TillInvalid(f"There is no site {site}.", field="site")
    here = ZoneInfo(named)
    now = timezone.now()
    if day > now.astimezone(here).date():
        raise TillInvalid("This day is still to come.", field="day")
    end = datetime.combine(day + timedelta(days=1), time(), here)
    return min(now, end.astimezone(UTC))
