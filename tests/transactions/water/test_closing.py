"""A site's close seals its water beside its money, and says what must be explained."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.conftest import World
from tests.transactions.water.played import PRICE, L, Played, a_kiosk, a_site
from transactions.tills.errors import ReasonNeeded
from transactions.tills.models import DayClose
from transactions.tills.services import day_close
from transactions.water.models import Kiosk
from transactions.water.signals.watch import kiosks_watch

DAY = timedelta(days=1)


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def meter(inside: World) -> Played:
    return Played(a_kiosk(site=a_site(zone="UTC")), datetime.now(UTC) - 5 * DAY)


def closed(meter: Played, day: date, note: str = "") -> DayClose:
    return day_close(day=day, site=meter.kiosk.site_id, note=note)


def test_a_close_has_litres_income_gaps_and_what_is_unexplained(meter: Played) -> None:
    yesterday = today() - DAY
    meter.pour(business_day=yesterday)
    meter.pour(5 * L, mode="staff", business_day=yesterday)
    meter.lose(30 * L)
    meter.pour(business_day=yesterday)
    with pytest.raises(ReasonNeeded) as refused:
        closed(meter, yesterday)
    assert "Kiosk Mlango lacks 1 record on" in refused.value.message
    assert "30.0 L" in refused.value.message
    totals = closed(meter, yesterday, "the battery was empty").totals
    water = totals["parts"]["water"]
    figures = {"sold_ml": 40 * L, "test_ml": 5 * L, "free_ml": 0, "change_ml": 75 * L}
    assert {name: water[name] for name in figures} == figures
    assert (water["unexplained_ml"], water["missing"]) == (30 * L, 1)
    assert water["income_micro"] == 40 * PRICE
    [kiosk] = water["kiosks"]
    assert (kiosk["name"], kiosk["sold_ml"]) == ("Mlango", 40 * L)
    assert kiosk["gaps"] == [{"day": yesterday.isoformat(), "epoch": 1, "from": 3, "to": 3}]
    assert len(totals["doubts"]) == 2


def test_a_day_without_doubt_needs_no_reason(meter: Played) -> None:
    meter.pour(business_day=today() - DAY)
    assert closed(meter, today() - DAY).totals["doubts"] == []


def test_what_comes_for_a_closed_day_is_late_in_the_next_close_and_nothing_is_lost(
    meter: Played,
) -> None:
    first, second = today() - 2 * DAY, today() - DAY
    meter.pour(business_day=first)
    meter.pour(10 * L, business_day=second)
    sealed = [closed(meter, first)]
    meter.pour(7 * L, business_day=first)
    sealed.append(closed(meter, second))
    meter.pour(1 * L, business_day=first)
    sealed.append(closed(meter, today()))
    waters = [close.totals["parts"]["water"] for close in sealed]
    assert [water["sold_ml"] for water in waters] == [20 * L, 10 * L, 0]
    assert [water["late"]["sold_ml"] for water in waters] == [0, 7 * L, 1 * L]
    assert waters[-1]["late"]["income_micro"] == PRICE
    whole = sum(water["sold_ml"] + water["late"]["sold_ml"] for water in waters)
    assert whole == waters[-1]["through"]["sold_ml"] == 38 * L


def test_a_kiosk_that_moved_leaves_its_days_where_it_stood(meter: Played) -> None:
    yesterday = today() - DAY
    meter.pour(business_day=yesterday)
    kiosks_watch()
    elsewhere = a_site("Mathare", zone="UTC")
    Kiosk.objects.filter(pk=meter.kiosk.pk).update(site=elsewhere)
    meter.kiosk.refresh_from_db()
    old = meter.rows[0].site_id
    meter.pour(10 * L)
    there = day_close(day=today(), site=elsewhere.pk).totals["parts"]["water"]
    here = day_close(day=today(), site=old).totals["parts"]["water"]
    assert (here["sold_ml"], there["sold_ml"]) == (20 * L, 10 * L)


def test_a_site_without_kiosks_has_no_water(inside: World) -> None:
    assert day_close(day=today(), site=a_site("Dry", zone="UTC").pk).totals["parts"] == {}
