"""Writes: a day is closed when its shifts are."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from transactions.tills import selectors
from transactions.tills.chain import hash_of
from transactions.tills.errors import DayClosed, ShiftOpen, TillInvalid
from transactions.tills.models import DayClose, Shift
from transactions.tills.parts import parts_of
from wificore.access.selectors import site_zone, zone
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

# What the first close of a site looks back to.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def day_close(*, day: date, site: int | None = None, note: str = "") -> DayClose:
    """Close a day of a site: all its shifts that no close covers yet, and nothing after it.

    The day need not be over: it is closed in the evening, and what is sold later belongs to the
    next close.

    Raises:
        ShiftOpen: somebody has not counted the drawer yet.
        DayClosed: this day, or a later one, is closed.
        TillInvalid: the day is still to come.
    """
    until = _end_of(day, site)
    last = selectors.last_day(site)
    if last is not None and last.day >= day:
        raise DayClosed(f"{last.day} is closed: close a later day.", field="day")
    try:
        with transaction.atomic():
            return _closed(day, site, note, last, until)
    except IntegrityError:  # somebody else closes it at this moment
        raise DayClosed(f"{day} is closed.", field="day") from None


def _closed(
    day: date, site: int | None, note: str, last: DayClose | None, until: datetime
) -> DayClose:
    covered = _covered(site, until)
    since = last.until if last else BEGINNING
    close = DayClose(
        public_id=new_public_id(),
        site_id=site,
        seq=last.seq + 1 if last else 1,
        day=day,
        since=since,
        until=until,
        totals=_totals(covered, site, since, until),
        note=note,
        closed_by=current_actor().label,
        previous=last.hash if last else "",
    )
    close.hash = hash_of(close)
    close.save(force_insert=True)
    Shift.objects.filter(pk__in=[shift.pk for shift in covered]).update(day=close)
    told = {
        **{name: getattr(close, name) for name in ("seq", "note", "closed_by", "hash")},
        "site": site,
        "day": day.isoformat(),
        "difference_micro": close.totals["difference_micro"],
    }
    announce("day.closed", close.public_id, new=told, reason=note)
    return close


def _covered(site: int | None, until: datetime) -> list[Shift]:
    """Raises ShiftOpen."""
    rows = Shift.objects.select_for_update(of=("self",)).select_related("account")
    mine = list(rows.filter(site=site, day=None, opened_at__lt=until).order_by("pk"))
    if waiting := [shift.cashier_name for shift in mine if shift.is_open]:
        raise ShiftOpen(f"Close these shifts first: {', '.join(waiting)}.")
    return mine


def _totals(
    covered: list[Shift], site: int | None, since: datetime, until: datetime
) -> dict[str, Any]:
    ids = [shift.pk for shift in covered]
    totals = {
        "shifts": [selectors.shift_totals(shift) for shift in covered],
        "sales": selectors.sold(ids),
        "refunds": selectors.refunded(ids),
        "counted_micro": sum(shift.counted_micro or 0 for shift in covered),
        "difference_micro": sum(shift.difference_micro or 0 for shift in covered),
        "parts": parts_of(since, until) if site is None else {},
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
