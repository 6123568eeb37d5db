"""Writes: a day is closed when its shifts are."""

from datetime import date

from django.db import IntegrityError, transaction

from transactions.tills.chain import hash_of
from transactions.tills.closing import Draft, draft
from transactions.tills.errors import DayClosed, ReasonNeeded, ShiftOpen
from transactions.tills.models import DayClose, Shift
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id


def day_close(*, day: date, site: int | None = None, note: str = "") -> DayClose:
    """Close a day of a site: all its shifts that no close covers yet, and nothing after it.

    The day need not be over: it is closed in the evening, and what is sold later belongs to the
    next close.

    Args:
        note: for whoever reads it; what is in doubt must be explained here.

    Raises:
        ShiftOpen: somebody has not counted the drawer yet.
        DayClosed: this day, or a later one, is closed.
        ReasonNeeded: something is in doubt, and the note says nothing.
        TillInvalid: the day is still to come.
    """
    try:
        with transaction.atomic():
            found = draft(day=day, site=site, lock=True)
            if found.waiting:
                raise ShiftOpen(f"Close these shifts first: {', '.join(found.waiting)}.")
            if found.doubts and not note.strip():
                raise ReasonNeeded(f"Say why: {' '.join(found.doubts)}", field="note")
            return _closed(found, note)
    except IntegrityError:  # somebody else closes it at this moment
        raise DayClosed(f"{day} is closed.", field="day") from None


def _closed(found: Draft, note: str) -> DayClose:
    last = found.last
    close = DayClose(
        public_id=new_public_id(),
        site_id=found.site,
        seq=last.seq + 1 if last else 1,
        day=found.day,
        since=found.since,
        until=found.until,
        totals=found.totals,
        note=note,
        closed_by=current_actor().label,
        previous=last.hash if last else "",
    )
    close.hash = hash_of(close)
    close.save(force_insert=True)
    Shift.objects.filter(pk__in=[shift.pk for shift in found.covered]).update(day=close)
    told = {
        **{name: getattr(close, name) for name in ("seq", "note", "closed_by", "hash")},
        "site": found.site,
        "day": found.day.isoformat(),
        "difference_micro": close.totals["difference_micro"],
    }
    announce("day.closed", close.public_id, new=told, reason=note)
    return close
