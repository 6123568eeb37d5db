"""Writes: a kiosk's days, hours and tags, counted anew from its records.

Nothing is added up: whatever came late, or twice, or was counted wrongly, is right after the next
count. Days whose records are archived stay as they were counted last.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from transactions.water.acks import missing
from transactions.water.counted import COUNTED, KEPT, Counted, records_from, touched
from transactions.water.models import (
    DispenseState,
    Kiosk,
    KioskDay,
    KioskHour,
    KioskWatch,
    TagDay,
)
from transactions.water.reconciliation import DayWater, Gap, Use, days

FIGURES = (
    *("change_ml", "sold_ml", "test_ml", "free_ml", "income_micro", "overrun_micro"),
    *("completed", "partial", "aborted", "quarantined", "gaps", "counted_at"),
)


def watches_begin(*, now: datetime) -> None:
    """Kiosks that were never counted: all that is kept of them is new."""
    new = Kiosk.objects.filter(watch=None)
    rows = [KioskWatch(kiosk=kiosk, counted_to=now - KEPT) for kiosk in new]
    KioskWatch.objects.bulk_create(rows, ignore_conflicts=True)


def site_count(*, site: int, now: datetime) -> None:
    """Count what came to a site's kiosks since beat counted it last."""
    watches_begin(now=now)
    came = touched(now)
    for kiosk in Kiosk.objects.select_related("site").filter(pk__in=came, site=site):
        kiosk_count(kiosk=kiosk, day=came[kiosk.pk], now=now)


def kiosk_count(*, kiosk: Kiosk, day: date, now: datetime) -> list[Counted]:
    """Count a kiosk's days from this one on; the records that were read, in order."""
    with transaction.atomic():
        KioskWatch.objects.select_for_update().get(pk=kiosk.pk)
        first, rows = _whole_days(kiosk, max(day, (now - COUNTED).date()), now)
        if not rows:
            return []
        counted = [row for row in rows if row.business_day >= first]
        gaps = [Gap(*found) for found in missing(kiosk)]
        water = days((row.reading for row in rows), gaps)
        _write_days(kiosk, {d: water[d] for d in water if d >= first}, counted, now)
        _write_hours(kiosk, first, counted)
        _write_tags(kiosk, first, counted)
    return rows


def _whole_days(kiosk: Kiosk, day: date, now: datetime) -> tuple[date, list[Counted]]:
    """The records, and the day from which on all of their days are among them: a record with a
    later number may say that it is of an earlier day, whose other records are needed then.
    """
    oldest = (now - COUNTED).date()
    while True:
        rows = records_from(kiosk.pk, day, now)
        earlier = min((row.business_day for row in rows[1:]), default=day)
        if earlier >= day or day <= oldest:
            return day, rows
        day = max(earlier, oldest)


def _write_days(
    kiosk: Kiosk, water: dict[date, DayWater], rows: Iterable[Counted], now: datetime
) -> None:
    of_day: dict[date, list[Counted]] = defaultdict(list)
    for row in rows:
        of_day[row.business_day].append(row)
    KioskDay.objects.bulk_create(
        [_day(kiosk, day, water[day], of_day[day], now) for day in sorted(water)],
        update_conflicts=True,
        unique_fields=["kiosk", "day"],
        update_fields=list(FIGURES),
    )


def _day(kiosk: Kiosk, day: date, water: DayWater, rows: list[Counted], now: datetime) -> KioskDay:
    states = [row.state for row in rows]
    return KioskDay(
        kiosk=kiosk,
        site_id=rows[0].site_id,
        day=day,
        change_ml=water.change_ml,
        sold_ml=water.sold_ml,
        test_ml=water.test_ml,
        free_ml=water.free_ml,
        income_micro=sum(row.income_micro for row in rows),
        overrun_micro=sum(row.overrun_micro for row in rows),
        **{str(state): states.count(state) for state in DispenseState},
        gaps=[[gap.epoch, gap.first, gap.last] for gap in water.gaps],
        counted_at=now,
    )


def _write_hours(kiosk: Kiosk, first: date, rows: Iterable[Counted]) -> None:
    here = ZoneInfo(kiosk.site.zone)
    found: dict[tuple[date, int], KioskHour] = {}
    for row in rows:
        if row.use is not Use.SOLD or not row.ml:
            continue
        day, hour = row.business_day, row.happened_at.astimezone(here).hour
        new = KioskHour(kiosk=kiosk, day=day, hour=hour, sold_ml=0, income_micro=0, number=0)
        one = found.setdefault((day, hour), new)
        one.sold_ml += row.ml
        one.income_micro += row.income_micro
        one.number += 1
    KioskHour.objects.filter(kiosk=kiosk, day__gte=first).delete()
    KioskHour.objects.bulk_create(found.values())


def _write_tags(kiosk: Kiosk, first: date, rows: Iterable[Counted]) -> None:
    found: dict[tuple[date, int], TagDay] = {}
    for row in rows:
        if row.use is not Use.SOLD or not row.ml or row.tag_id is None:
            continue
        day = row.business_day
        new = TagDay(kiosk=kiosk, tag_id=row.tag_id, day=day, ml=0, income_micro=0, number=0)
        one = found.setdefault((day, row.tag_id), new)
        one.ml += row.ml
        one.income_micro += row.income_micro
        one.number += 1
    TagDay.objects.filter(kiosk=kiosk, day__gte=first).delete()
    TagDay.objects.bulk_create(found.values())
