"""Days, hours and tags are what the records say, however and whenever those came."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.transactions.water.played import PRICE, L, Played, a_kiosk, a_tag
from transactions.wallets.services import wallet_open
from transactions.water.models import Kiosk, KioskDay, KioskHour, KioskWatch, TagDay
from transactions.water.services.counting import kiosk_count

DAY = timedelta(days=1)


def noon() -> datetime:
    return datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def kiosk(inside: World) -> Kiosk:
    made = a_kiosk()
    KioskWatch.objects.create(kiosk=made, counted_to=noon() - 30 * DAY)
    return made


def counted(kiosk: Kiosk, day: date, now: datetime | None = None) -> dict[date, KioskDay]:
    kiosk_count(kiosk=kiosk, day=day, now=now or datetime.now(UTC))
    return {row.day: row for row in KioskDay.objects.filter(kiosk=kiosk)}


def test_a_day_is_what_its_records_say(kiosk: Kiosk) -> None:
    meter = Played(kiosk, noon())
    meter.pour(20 * L)
    meter.pour(5 * L, mode="staff")
    meter.pour(3 * L, cost_micro=0, captured_micro=0, mode="code")
    meter.pour(20 * L, state="partial", leak=30 * L)
    meter.pour(0)
    meter.pour(7 * L, state="quarantined", cost_micro=0, captured_micro=0)
    meter.pour(
        10 * L, captured_micro=2 * PRICE, receivable_micro=5 * PRICE, overrun_micro=3 * PRICE
    )
    row = counted(kiosk, noon().date())[noon().date()]
    assert (row.sold_ml, row.test_ml, row.free_ml) == (50 * L, 5 * L, 3 * L)
    # What leaked, and what nobody booked.
    assert (row.change_ml, row.unexplained_ml, row.in_doubt) == (95 * L, 37 * L, True)
    assert (row.income_micro, row.overrun_micro) == (47 * PRICE, 3 * PRICE)
    states = (row.completed, row.partial, row.aborted, row.quarantined)
    assert states == (4, 1, 1, 1)
    assert (row.gaps, row.missing) == ([], 0)


def test_hours_are_those_of_the_sites_clock(kiosk: Kiosk) -> None:
    meter = Played(kiosk, noon())  # 12:00 in Nairobi
    meter.pour(20 * L)
    meter.pour(5 * L, mode="staff")
    meter.at += timedelta(hours=1)
    meter.pour(10 * L)
    kiosk_count(kiosk=kiosk, day=noon().date(), now=datetime.now(UTC))
    rows = KioskHour.objects.values_list("hour", "sold_ml", "income_micro", "number")
    assert list(rows) == [(12, 20 * L, 20 * PRICE, 1), (13, 10 * L, 10 * PRICE, 1)]


def test_tags_have_what_they_drew(kiosk: Kiosk) -> None:
    tag = a_tag(wallet_open(name="Dalila", phone="0712345678"))
    meter = Played(kiosk, noon())
    meter.pour(20 * L, tag=tag)
    meter.pour(10 * L, tag=tag)
    meter.pour(10 * L)
    kiosk_count(kiosk=kiosk, day=noon().date(), now=datetime.now(UTC))
    rows = TagDay.objects.values_list("tag", "day", "ml", "income_micro", "number")
    assert list(rows) == [(tag.pk, noon().date(), 30 * L, 30 * PRICE, 2)]


def test_counting_again_changes_nothing_and_a_late_record_moves_the_day_after_it(
    kiosk: Kiosk,
) -> None:
    meter = Played(kiosk, noon() - 2 * DAY)
    meter.pour(20 * L)
    meter.lose(15 * L)
    lost = (meter.seq, meter.meter, meter.at)
    meter.at += DAY
    meter.pour(20 * L)
    first, second = (noon() - 2 * DAY).date(), (noon() - DAY).date()
    before = counted(kiosk, first)
    assert (before[second].unexplained_ml, before[second].gaps) == (15 * L, [[1, 2, 2]])
    assert counted(kiosk, first)[second].unexplained_ml == 15 * L
    late = Played(kiosk, lost[2] - timedelta(minutes=5), seq=lost[0] - 1, meter=lost[1] - 15 * L)
    late.pour(15 * L)
    after = counted(kiosk, first)
    assert (after[first].sold_ml, after[first].unexplained_ml) == (35 * L, 0)
    assert (after[second].unexplained_ml, after[second].gaps) == (0, [])
    assert KioskDay.objects.count() == 2
    assert sum(KioskHour.objects.values_list("sold_ml", flat=True)) == 55 * L


def test_a_record_of_an_earlier_day_with_a_later_number_is_counted_there(kiosk: Kiosk) -> None:
    meter = Played(kiosk, noon() - 3 * DAY)
    early = meter.at.date()
    meter.pour(20 * L)
    meter.at += 2 * DAY
    meter.pour(10 * L)
    meter.pour(5 * L, business_day=early)
    found = counted(kiosk, meter.at.date())
    assert {day: row.sold_ml for day, row in found.items()} == {
        early: 25 * L,
        meter.at.date(): 10 * L,
    }


def test_a_day_whose_records_are_archived_stays_as_it_was_counted(kiosk: Kiosk) -> None:
    old = (noon() - 200 * DAY).date()
    values: dict[str, Any] = dict.fromkeys(
        ("change_ml", "sold_ml", "test_ml", "free_ml", "income_micro", "overrun_micro"), 7
    )
    counts = dict.fromkeys(("completed", "partial", "aborted", "quarantined"), 1)
    KioskDay.objects.create(kiosk=kiosk, site=kiosk.site, day=old, **values, **counts)
    meter = Played(kiosk, noon())
    meter.pour(20 * L, business_day=old)
    meter.pour(20 * L)
    found = counted(kiosk, old)
    assert found[old].sold_ml == 7
    assert found[noon().date()].sold_ml == 20 * L


def test_the_number_of_queries_does_not_depend_on_how_many_records_there_are(
    kiosk: Kiosk,
) -> None:
    meter = Played(kiosk, noon())
    numbers = []
    for more in (1, 1, 20):
        for _ in range(more):
            meter.pour(2 * L)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            kiosk_count(kiosk=kiosk, day=noon().date(), now=datetime.now(UTC))
        numbers.append(len(queries))
    assert numbers[1] == numbers[2]
