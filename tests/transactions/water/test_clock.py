"""Clocks that say 1970, next year, or yesterday: nothing is lost, doubled or dated wildly."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.water.conftest import (
    UID,
    UNIT,
    Borehole,
    make_kiosk,
    make_wallet,
    record,
    rfc3339,
)
from transactions.water.booking import book
from transactions.water.clock import Anchor, business_day, estimate, trusted, when
from transactions.water.models import Kiosk, WaterTransaction
from transactions.water.selectors import acks, missing
from transactions.water.services import lease_grant, version_add
from wificore.kernel.db.context import tenant_context

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_time_is_trusted_when_it_is_synced_and_near() -> None:
    for clk, hours, good in (
        ("synced", -48, True),
        ("synced", 48, True),
        ("synced", -48.01, False),
        ("synced", 48.01, False),
        ("holdover", 0, False),
        ("unset", 0, False),
    ):
        t = NOW + hours * HOUR
        assert trusted(clk, t, NOW) == (t if good else None)
    assert trusted("synced", None, NOW) is None


def test_days_are_those_of_the_site() -> None:
    late = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
    assert business_day(late, "Africa/Nairobi") == date(2026, 11, 22)
    assert business_day(late, "UTC") == date(2026, 11, 21)


def test_what_is_known_best_dates_a_record() -> None:
    guess, at = NOW - DAY, NOW - 2 * HOUR
    assert when(at, guess, NOW, "UTC").at == at
    assert not when(at, None, NOW, "UTC").estimated
    assert (when(None, guess, NOW, "UTC").at, when(None, guess, NOW, "UTC").estimated) == (
        guess,
        True,
    )
    assert when(None, None, NOW, "UTC").day == NOW.date()


def test_the_nearest_neighbour_of_the_same_run_tells_the_time() -> None:
    before = Anchor(seq=10, up_ms=3_600_000, at=NOW - 5 * HOUR)
    after = Anchor(seq=20, up_ms=7_200_000, at=NOW - 4 * HOUR)
    assert estimate(12, 4_500_000, [before, after], NOW) == NOW - 4.75 * HOUR
    assert estimate(19, 6_300_000, [before, after], NOW) == NOW - 4.25 * HOUR
    # It began again between: its uptime is below that of a record before it.
    assert estimate(12, 1_000, [before], NOW) is None
    assert estimate(12, 1_000, [before, after], NOW) == NOW - 4 * HOUR - timedelta(seconds=7199)
    assert estimate(12, 4_500_000, [], NOW) is None
    # An uptime of a century is nobody's.
    assert estimate(12, 2**42, [before], NOW) is None


def row(borehole: Borehole, **fields: Any) -> WaterTransaction:
    with tenant_context(borehole.tenant):
        book(borehole.kiosk, [borehole.device.record(**fields)])
        return WaterTransaction.objects.latest("pk")


def test_a_record_without_time_is_dated_by_its_epoch(borehole: Borehole) -> None:
    now = datetime.now(UTC)
    unset = {"clk": "unset", "t": None}
    alone = row(borehole, **unset, up_ms=10_000)
    assert (alone.flags, alone.happened_at) == (["time_estimated"], alone.received_at)
    yesterday = now - DAY
    known = row(borehole, t=rfc3339(yesterday), up_ms=1_000_000)
    assert (known.flags, known.happened_at) == ([], yesterday)
    told = row(borehole, **unset, up_ms=1_060_000)
    assert told.happened_at == yesterday + timedelta(minutes=1)
    assert told.business_day == business_day(told.happened_at, "Africa/Nairobi")
    assert told.flags == ["time_estimated"]
    assert told.device_time is None
    # Another epoch is another run.
    other = row(borehole, **unset, epoch=2, seq=1, up_ms=1_060_000)
    assert other.happened_at == other.received_at


def test_neighbours_of_the_same_batch_count(borehole: Borehole) -> None:
    now = datetime.now(UTC)
    batch = [
        borehole.device.record(clk="unset", t=None, up_ms=1_000),
        borehole.device.record(t=rfc3339(now - HOUR), up_ms=61_000),
    ]
    with tenant_context(borehole.tenant):
        book(borehole.kiosk, batch)
        first = WaterTransaction.objects.order_by("seq")[0]
    assert first.happened_at == now - HOUR - timedelta(minutes=1)


CLOCKS = st.sampled_from(
    ["1970-01-01T00:00:00Z", "2031-11-21T00:00:00Z", "9999-12-31T23:59:59-14:00", "now", "-1d", ""]
)
DISPENSE = st.tuples(CLOCKS, st.sampled_from(["synced", "holdover", "unset"]), st.integers(0, 2))
PATIENT = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PATIENT
@given(
    sold=st.lists(DISPENSE, min_size=1, max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_whatever_clocks_say_and_whatever_comes_when_all_is_booked_once(
    world: World, sold: list[tuple[str, str, int]], order: Any
) -> None:
    """Leases too: what is spent of them is never more than they were, the rest is owed."""
    with tenant_context(world.alpha):
        kiosk, wallet = _another()
        lease = lease_grant(wallet=wallet, kiosk=kiosk, amount_micro=UNIT, ttl=DAY)
        bodies = [
            record(
                seq=number + 1,
                mode="lease",
                lease=lease.public_id,
                ml=10_000 * litres,
                t=_said(clock, number),
                clk=clk if _said(clock, number) else "unset",
                up_ms=number * 60_000,
            )
            for number, (clock, clk, litres) in enumerate(sold)
        ]
        messages = bodies * 3
        order.shuffle(messages)
        items = set()
        for start in range(0, len(messages), 4):
            items |= {result.item for result in book(kiosk, messages[start : start + 4])}
        rows = list(WaterTransaction.objects.filter(kiosk=kiosk).order_by("seq"))
        lease.hold.refresh_from_db()
        wallet.receivable.refresh_from_db()
        volume = sum(row.ml for row in rows if row.state != "quarantined")
        assert [row.seq for row in rows] == list(range(1, len(bodies) + 1))
        assert len(items) == len(bodies)
        assert acks(kiosk) == {"1": len(bodies)}
        assert sum(row.captured_micro for row in rows) == lease.hold.captured <= UNIT
        assert sum(row.receivable_micro for row in rows) == wallet.receivable_micro
        assert lease.hold.captured + wallet.receivable_micro == volume * 25
        assert all(row.happened_at <= row.received_at + 2 * DAY for row in rows)
    assert_books(world.alpha)


def _said(clock: str, number: int) -> str | None:
    now = datetime.now(UTC) + number * timedelta(minutes=1)
    return {"now": rfc3339(now), "-1d": rfc3339(now - DAY), "": None}.get(clock, clock)


def _another() -> tuple[Kiosk, Any]:
    """A kiosk and a wallet that no other example has."""
    count = Kiosk.objects.count()
    device = make_kiosk(f"Kiosk {count}")
    wallet = make_wallet(phone=f"07{count:08}", name="Amina")
    return Kiosk.objects.get(public_id=device.public_id), wallet


OFFLINE, LOST = 5_000, (17, 18, 2_500, 4_999)


def test_a_kiosk_that_was_offline_for_three_days_with_a_wrong_clock_tells_all(
    borehole: Borehole,
) -> None:
    """5,000 records: none is lost or doubled, each at the price of its time, gaps exact."""
    began = datetime.now(UTC) - 3 * DAY
    # Its clock stands at 1970 + uptime, until it is set just before it comes back.
    step = 3 * DAY / OFFLINE
    with tenant_context(borehole.tenant):
        tariff = borehole.kiosk.tariff
        version_add(tariff=tariff, valid_from=began + DAY, price_micro_per_litre=2 * 25_000)
        lease = lease_grant(
            wallet=borehole.wallet, kiosk=borehole.kiosk, amount_micro=60 * UNIT, ttl=DAY
        )
    bodies = [_offline(number, step, began, lease.public_id) for number in range(1, OFFLINE + 1)]
    sent = [body for body in bodies if body["seq"] not in LOST]
    for start in range(0, len(sent), 100):
        batch = sent[start : start + 100]
        answer = borehole.device.records(*batch)
        if start % 1_000 == 0:  # the answer was lost
            assert borehole.device.records(*batch).json()["results"] == answer.json()["results"]
    with tenant_context(borehole.tenant):
        rows = list(WaterTransaction.objects.order_by("seq"))
        assert [row.seq for row in rows] == [body["seq"] for body in sent]
        assert missing(borehole.kiosk) == [(1, 17, 18), (1, 2_500, 2_500), (1, 4_999, 4_999)]
        assert acks(borehole.kiosk) == {"1": 16}
    wanted = [25 if number * step < DAY else 50 for number in range(1, OFFLINE + 1)]
    assert [row.cost_micro for row in rows] == [wanted[row.seq - 1] * row.ml for row in rows]
    captured = sum(row.captured_micro for row in rows)
    assert captured <= 60 * UNIT
    assert_books(borehole.tenant)


def _offline(number: int, step: timedelta, began: datetime, lease: str) -> dict[str, Any]:
    up = number * step
    synced = number > OFFLINE - 3
    shown = began + up if synced else datetime(1970, 1, 1, tzinfo=UTC) + up
    return record(
        seq=number,
        mode="lease",
        lease=lease,
        tag=UID,
        ml=100 + number % 7,
        tariff_v=1 if up < DAY else 2,
        t=rfc3339(shown),
        clk="synced" if synced else "unset",
        up_ms=up // timedelta(milliseconds=1),
    )
