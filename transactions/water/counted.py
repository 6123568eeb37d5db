"""Reads what is to be counted: kiosks whose records came, and the records of some days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from wificore.kernel import sql
from wificore.kernel.db.context import current

from .models import DispenseState, KioskWatch, Mode
from .reconciliation import Reading, Use
from .sql import COUNTING

# Longer than any transaction: its rows are dated when they are made, and seen when it ends.
MARGIN = timedelta(minutes=1)
# Records are kept 90 days; a day before this is not whole any more and stays as it was counted.
COUNTED = timedelta(days=85)
KEPT = timedelta(days=91)
# A record of a day comes at most this long before the day begins: devices' clocks are ahead.
AHEAD = timedelta(days=3)
COLUMNS = (
    *("epoch", "seq", "state", "mode", "site_id", "tag_id", "ml", "totalizer_ml", "dur_ms", "stop"),
    *("cost_micro", "captured_micro", "receivable_micro", "overrun_micro"),
    *("happened_at", "business_day", "received_at", "flag_words"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One record with what is counted of it; columns as in water_transactions."""

    epoch: int
    seq: int
    state: str
    mode: str
    site_id: int
    tag_id: int | None
    ml: int
    totalizer_ml: int | None
    dur_ms: int
    stop: str
    cost_micro: int
    captured_micro: int
    receivable_micro: int
    overrun_micro: int
    happened_at: datetime
    business_day: date
    received_at: datetime
    flag_words: str

    @property
    def number(self) -> tuple[int, int]:
        return self.epoch, self.seq

    @property
    def income_micro(self) -> int:
        return self.captured_micro + self.receivable_micro

    @property
    def use(self) -> Use:
        """A member of staff draws for a test; what nothing is charged for is free."""
        if self.state == DispenseState.QUARANTINED:
            return Use.NONE
        if self.mode == Mode.STAFF:
            return Use.TEST
        return Use.SOLD if self.cost_micro or not self.ml else Use.FREE

    @property
    def reading(self) -> Reading:
        use, day = self.use, self.business_day
        return Reading(self.epoch, self.seq, day, self.totalizer_ml, self.ml, use)


def touched(now: datetime) -> dict[int, date]:
    """Kiosks with records that came since they were counted, and the first day of those."""
    oldest = KioskWatch.objects.order_by("counted_to").values_list("counted_to", flat=True).first()
    if oldest is None:
        return {}
    since = max(oldest - MARGIN, now - KEPT).date()
    return dict(_all("touched", {"received_on": since, "margin": MARGIN}))


def records_from(kiosk: int, day: date, now: datetime) -> list[Counted]:
    """A kiosk's records in order, from the first of a business day on, whatever days later ones
    say they are of; before them the last that tells where the meter stood.
    """
    bounds = {"kiosk": kiosk, "day": day, "received_on": day - AHEAD, "kept": (now - KEPT).date()}
    first = _all("first_of_days", bounds)
    if not first:
        return []
    epoch, seq = first[0]
    rows = _all("records", {**bounds, "epoch": epoch, "seq": seq})
    return [Counted(*row) for row in rows]


def in_two_places(since: datetime, walk: timedelta) -> list[tuple[int, str, datetime]]:
    """(kiosk, tag's id, when) of dispenses that came since then, closer to one of the same tag at
    another kiosk than anybody walks.
    """
    values = {"since": since - MARGIN, "received_on": (since - MARGIN).date(), "walk": walk}
    return _all("two_places", values)


def _all(name: str, values: Mapping[str, Any]) -> list[Any]:
    statement = sql.load(COUNTING)[name].replace("{columns}", ", ".join(f"t.{c}" for c in COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(sql.render(statement, current().schema), values)
        return list(cursor.fetchall())
