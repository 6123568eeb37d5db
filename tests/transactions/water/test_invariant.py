"""Invariant 9 on the real books: a kiosk's totals agree to the micro and the millilitre.

Whatever is lost, late, doubled, leaks, is drawn by staff or cannot be believed.
"""

import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transactions.invariants import assert_books
from tests.transactions.water.conftest import (
    UID,
    Borehole,
    make_kiosk,
    record,
    rfc3339,
)
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import sum_of
from transactions.ledger.services import account
from transactions.tills.parts import Cut
from transactions.water.booking import book
from transactions.water.closing import water_at
from transactions.water.models import Kiosk, KioskDay, KioskHour, TagDay
from transactions.water.services import lease_grant
from transactions.water.signals.watch import kiosks_watch
from wificore.kernel.db.context import tenant_context

PATIENT = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# What leaked before it, how much was drawn, how, whether its record is lost, and hours since the
# one before: across two midnights.
EVENT = st.tuples(
    st.integers(0, 2_000),
    st.integers(0, 25_000),
    st.sampled_from(["lease", "lease", "lease", "staff", "unknown"]),
    st.booleans(),
    st.integers(0, 3),
)
UNIT = 1_000_000
HOURS_48 = timedelta(hours=47)


@dataclass
class Truth:
    """What really happened at one tap, as it must be counted."""

    used: dict[str, int] = field(default_factory=lambda: {"sold_ml": 0, "test_ml": 0})
    lost: list[int] = field(default_factory=list)
    first: int | None = None
    last: int = 0


def played(events: Any, lease: str) -> tuple[list[dict[str, Any]], Truth]:
    """Records that come, and the truth; the last record always comes."""
    truth, sent, meter = Truth(), [], 500_000
    at = datetime.now(UTC) - HOURS_48
    for seq, (leak, ml, mode, lost, hours) in enumerate(events, start=1):
        at = min(at + timedelta(hours=hours, minutes=1), datetime.now(UTC))
        meter += leak + ml
        if lost and seq < len(events):
            truth.lost.append(seq)
            continue
        hold = {"lease": secrets.token_hex(8) if mode == "unknown" else lease}
        how = {"mode": "staff"} if mode == "staff" else {"mode": "lease", **hold}
        sent.append(record(seq=seq, ml=ml, totalizer_ml=meter, t=rfc3339(at), tag=UID, **how))
        if mode != "unknown":
            truth.first = meter - ml if truth.first is None else truth.first
            truth.last = meter
            truth.used["test_ml" if mode == "staff" else "sold_ml"] += ml
    return sent, truth


@PATIENT
@given(st.lists(EVENT, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_totals_agree_to_the_micro_and_the_millilitre(
    borehole: Borehole, events: Any, chance: random.Random
) -> None:
    with tenant_context(borehole.tenant):
        device = make_kiosk(f"Kiosk {secrets.token_hex(4)}")
        kiosk = Kiosk.objects.select_related("site", "tariff").get(public_id=device.public_id)
        ttl = timedelta(days=1)
        lease = lease_grant(wallet=borehole.wallet, kiosk=kiosk, amount_micro=UNIT, ttl=ttl)
        sent, truth = played(events, lease.public_id)
        copies = [*sent, *chance.sample(sent, len(sent) // 2)]
        chance.shuffle(copies)
        half = len(copies) // 2
        for part in (copies[:half], copies[half:]):
            book(kiosk, part)
            kiosks_watch()
        assert_counted(kiosk, truth)
        assert_income(kiosk)
    assert_books(borehole.tenant)


def assert_counted(kiosk: Kiosk, truth: Truth) -> None:
    days = list(KioskDay.objects.filter(kiosk=kiosk))
    for name, whole in truth.used.items():
        assert sum(getattr(row, name) for row in days) == whole
    change = sum(row.change_ml for row in days)
    assert change == truth.last - (truth.first or 0)
    for row in days:
        parts = row.sold_ml + row.test_ml + row.free_ml + row.unexplained_ml
        assert parts == row.change_ml
    named = [n for row in days for _, a, b in row.gaps for n in range(a, b + 1)]
    assert sorted(named) == truth.lost


def assert_income(kiosk: Kiosk) -> None:
    """Days, hours, tags, the close and the books say the same."""
    days, mine = KioskDay.objects.all(), KioskDay.objects.filter(kiosk=kiosk)
    booked = _sum(days, "income_micro") + _sum(days, "overrun_micro")
    assert booked == sum_of(account(Kind.REVENUE_WATER))
    for rows in (KioskHour.objects.filter(kiosk=kiosk), TagDay.objects.filter(kiosk=kiosk)):
        assert _sum(rows, "income_micro") == _sum(mine, "income_micro")
    hours = KioskHour.objects.filter(kiosk=kiosk)
    assert _sum(hours, "sold_ml") == _sum(mine, "sold_ml")
    now = datetime.now(UTC)
    cut = Cut(kiosk.site_id, now.date() + timedelta(days=2), None, now, now)
    said = water_at(cut)
    assert said is not None
    assert said.totals["income_micro"] == _sum(days, "income_micro")
    assert said.totals["sold_ml"] == said.totals["through"]["sold_ml"] == _sum(days, "sold_ml")


def _sum(rows: Any, name: str) -> int:
    return int(rows.aggregate(sum=Sum(name, default=0))["sum"])
