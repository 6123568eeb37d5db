"""Water's part of a site's day close: what is sealed beside the money, and what is in doubt.

Records of a day may come when it is closed; they are `late` in the next close. Each close keeps
what all days `through` it came to, so that closes add up to what was sold, to the millilitre.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from transactions.tills.parts import Cut, Said
from transactions.tills.selectors import last_day

from .models import Kiosk, KioskDay
from .services.counting import site_count

NAME = "water"
SUMS = ("change_ml", "sold_ml", "test_ml", "free_ml", "income_micro", "overrun_micro")
THROUGH = ("sold_ml", "income_micro")
ML = 1000


def water_at(cut: Cut) -> Said | None:
    """None: no kiosk stands there, or ever did."""
    site_count(site=cut.site, now=timezone.now())
    days = KioskDay.objects.filter(site=cut.site, day__lte=cut.day)
    if not days.exists() and not Kiosk.objects.filter(site=cut.site).exists():
        return None
    new = days.filter(day__gt=cut.after) if cut.after else days
    rows = list(new.select_related("kiosk").order_by("kiosk__name", "day"))
    through = _sums(days, THROUGH)
    mine = {name: sum(getattr(row, name) for row in rows) for name in SUMS}
    before = _before(cut.site)
    totals = {
        **mine,
        "unexplained_ml": sum(row.unexplained_ml for row in rows),
        "missing": sum(row.missing for row in rows),
        "kiosks": _kiosks(rows),
        "late": {name: through[name] - mine[name] - before[name] for name in THROUGH},
        "through": through,
    }
    return Said(totals, [doubt for row in rows for doubt in doubts(row)])


def doubts(row: KioskDay) -> list[str]:
    """What of a kiosk's day must be explained."""
    found = []
    if row.missing:
        records = "1 record" if row.missing == 1 else f"{row.missing} records"
        found.append(f"Kiosk {row.kiosk.name} lacks {records} on {row.day}.")
    if row.in_doubt:
        litres = row.unexplained_ml / ML
        found.append(f"Kiosk {row.kiosk.name}: {litres:.1f} L of {row.day} are unexplained.")
    return found


def _kiosks(rows: list[KioskDay]) -> list[dict[str, Any]]:
    """Each kiosk's sums over the days of the close."""
    of_kiosk: dict[int, list[KioskDay]] = defaultdict(list)
    for row in rows:
        of_kiosk[row.kiosk_id].append(row)
    return [
        {
            "kiosk": mine[0].kiosk.public_id,
            "name": mine[0].kiosk.name,
            **{name: sum(getattr(row, name) for row in mine) for name in SUMS},
            "unexplained_ml": sum(row.unexplained_ml for row in mine),
            "gaps": [
                {"day": row.day.isoformat(), "epoch": epoch, "from": first, "to": last}
                for row in mine
                for epoch, first, last in row.gaps
            ],
        }
        for mine in of_kiosk.values()
    ]


def _before(site: int) -> dict[str, int]:
    """What the closes before this one sealed, all together."""
    last = last_day(site)
    sealed = last.totals["parts"].get(NAME, {}) if last else {}
    through: dict[str, int] = sealed.get("through", dict.fromkeys(THROUGH, 0))
    return through


def _sums(rows: Any, names: tuple[str, ...]) -> dict[str, int]:
    found = rows.aggregate(**{name: Sum(name, default=0) for name in names})
    return {name: int(found[name]) for name in names}
