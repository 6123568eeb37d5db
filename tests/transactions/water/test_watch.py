"""Signals: each is told once when it begins and once when it is over, to those who are routed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from tests.access.people import department, person_of
from tests.conftest import Person, World
from tests.notifications.incidents import events, names, route
from tests.transactions.threads import together
from tests.transactions.water.played import MINUTE, L, Played, a_kiosk, a_site, a_tag, watched
from transactions.tills.services import day_close
from transactions.wallets.services import wallet_open
from transactions.water.models import Kiosk, KioskDay, KioskSignal, KioskWatch
from transactions.water.signals import watch
from transactions.water.signals.watch import kiosks_watch
from wificore.kernel.db.context import tenant_context
from wificore.kernel.event_kinds import kind_of
from wificore.notifications import tasks
from wificore.notifications.models import Task

BEGINS, OVER = "kiosk.signal.", "kiosk.signal_over"


@pytest.fixture
def kiosk(inside: World) -> Kiosk:
    return a_kiosk()


@pytest.fixture
def meter(kiosk: Kiosk) -> Played:
    now = datetime.now(UTC)
    return Played(kiosk, now - 3 * timedelta(hours=1), day=now.date())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Beat's minutes, as many as asked for."""
    passed = timedelta()

    def wait(**time: float) -> None:
        nonlocal passed
        passed += timedelta(**time)

    real = timezone.now
    monkeypatch.setattr(watch.timezone, "now", lambda: real() + passed)
    return wait


def open_now() -> list[str]:
    return sorted(KioskSignal.objects.filter(over_at=None).values_list("signal", flat=True))


def told(kind: str) -> list[dict[str, Any]]:
    return events(f"{BEGINS}{kind}")


def test_a_leak_is_told_once_until_the_valve_holds_again(meter: Played, clock: Any) -> None:
    meter.pour()
    kiosks_watch()
    for leak in (5 * L, 6 * L, 7 * L):
        meter.pour(leak=leak)
        kiosks_watch()
    assert open_now() == ["leak"]
    [begun] = told("leak")
    assert (begun["id"], begun["litres"]) == (meter.kiosk.public_id, 5)
    assert begun["site"] == meter.kiosk.site_id
    meter.pour()
    kiosks_watch()
    assert open_now() == []
    [over] = events(OVER)
    assert (over["signal"], over["litres"], over["minutes"]) == ("leak", 7, 15)
    meter.pour(leak=2 * L)
    kiosks_watch()
    assert len(told("leak")) == 2


def test_records_are_looked_at_once_each(meter: Played) -> None:
    meter.pour()
    meter.pour(leak=5 * L)
    meter.pour()
    kiosks_watch()
    kiosks_watch()
    assert (len(told("leak")), len(events(OVER))) == (1, 1)
    assert (watched(meter.kiosk).epoch, watched(meter.kiosk).seq) == (1, 3)


def test_two_beats_side_by_side_tell_once(world: World, meter: Played) -> None:
    meter.pour()
    kiosks_watch()
    for leak in (5 * L, 0, 6 * L, 0):
        meter.pour(leak=leak)
    together(world.alpha, [kiosks_watch] * 4)
    assert (len(told("leak")), len(events(OVER)), open_now()) == (2, 2, [])


def test_a_kiosk_that_is_watched_for_the_first_time_is_counted_whole_and_tells_of_this_week(
    meter: Played,
) -> None:
    meter.day, now = None, meter.at
    meter.at = now - timedelta(days=30)
    meter.pour()
    meter.pour(leak=9 * L)
    meter.pour()
    meter.at = now
    meter.pour()
    kiosks_watch()
    assert told("leak") == []
    assert KioskDay.objects.count() == 2


def test_a_pump_without_water_slow_water_and_a_meter_that_runs_backwards(meter: Played) -> None:
    meter.pour()
    meter.pour(0, stop="no_flow")
    meter.pour(20 * L, dur_ms=1_200_000)
    kiosks_watch()
    assert len(told("dry_run")) == 1
    assert open_now() == ["low_flow"]  # water came, slowly
    meter.pour(20 * L, leak=-60 * L)
    kiosks_watch()
    assert open_now() == ["totalizer_backwards", "unexplained"]
    assert told("totalizer_backwards")[0]["litres"] == 40
    meter.pour()
    kiosks_watch()
    assert open_now() == ["unexplained"]


def test_what_passed_while_records_are_missing_is_no_leak(meter: Played, clock: Any) -> None:
    meter.pour()
    meter.lose(90 * L)
    meter.pour()
    kiosks_watch()
    assert open_now() == []
    clock(minutes=11)
    kiosks_watch()
    assert open_now() == ["gap"]
    assert told("gap")[0]["records"] == 1
    meter.seq, meter.meter, meter.at = 1, 60 * L, meter.at - 10 * MINUTE
    meter.pour(90 * L)
    kiosks_watch()
    assert open_now() == []
    assert events(OVER)[0]["signal"] == "gap"


def test_a_door_is_told_from_the_last_report_of_health(kiosk: Kiosk) -> None:
    now = timezone.now()
    for door in ("open", "open", "closed"):
        Kiosk.objects.filter(pk=kiosk.pk).update(health={"door": door}, health_at=now)
        kiosks_watch()
    assert (len(told("tamper")), len(events(OVER)), open_now()) == (1, 1, [])


def test_a_kiosk_that_says_nothing_for_a_quarter_of_an_hour_is_silent(
    kiosk: Kiosk, clock: Any
) -> None:
    kiosks_watch()
    clock(hours=1)
    kiosks_watch()
    assert open_now() == []  # it never was heard: it is not installed yet
    Kiosk.objects.filter(pk=kiosk.pk).update(last_seen_at=timezone.now())
    for _ in range(3):
        clock(minutes=14)
        kiosks_watch()
    assert (open_now(), len(told("silent"))) == (["silent"], 1)
    Kiosk.objects.filter(pk=kiosk.pk).update(last_seen_at=timezone.now())
    kiosks_watch()
    assert (open_now(), len(events(OVER))) == ([], 1)


def test_a_kiosk_that_is_blocked_need_not_talk(kiosk: Kiosk, clock: Any) -> None:
    Kiosk.objects.filter(pk=kiosk.pk).update(last_seen_at=timezone.now(), state="blocked")
    clock(hours=1)
    kiosks_watch()
    assert open_now() == []


def test_a_tag_at_two_kiosks_at_once_is_told_of_once_a_day(meter: Played, clock: Any) -> None:
    wallet = wallet_open(name="Dalila", phone="0712345678")
    copied, other = a_tag(wallet), a_tag(wallet)
    there = Played(a_kiosk("Bondeni"), meter.at)
    meter.pour(tag=copied, wallet=wallet)
    there.pour(tag=other, wallet=wallet)  # the family's other one
    kiosks_watch()
    assert open_now() == []
    meter.pour(tag=copied, wallet=wallet)
    there.pour(tag=copied, wallet=wallet)
    kiosks_watch()
    kiosks_watch()
    found = {one["name"]: one["tag"] for one in told("tag_two_places")}
    assert found == {"Mlango": copied.public_id, "Bondeni": copied.public_id}
    clock(hours=30)
    kiosks_watch()
    assert open_now() == []


def test_an_unexplained_day_is_told_until_a_close_explains_it(meter: Played) -> None:
    site = meter.kiosk.site_id
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    meter.pour(business_day=yesterday)
    meter.pour(business_day=yesterday, leak=50 * L)
    kiosks_watch()
    assert open_now() == ["leak", "unexplained"]
    [said] = told("unexplained")
    assert (said["day"], said["litres"]) == (yesterday.isoformat(), 50)
    day_close(day=yesterday, site=site, note="the hose burst")
    kiosks_watch()
    assert open_now() == ["leak"]


def test_the_department_of_the_site_hears_and_its_task_ends_by_itself(
    world: World, owner: Person
) -> None:
    with tenant_context(world.alpha):
        here, kiosk = a_site(), a_kiosk()
        elsewhere = a_site("Mathare")
    water = department(world, "Water", here.pk)
    far = department(world, "Far", elsewhere.pk)
    person_of(world, "amina", "technician", primary_department=water)
    person_of(world, "brian", "technician", primary_department=far)
    route(world, "kiosk.signal.*", water)
    with tenant_context(world.alpha):
        Kiosk.objects.filter(pk=kiosk.pk).update(health={"door": True}, health_at=timezone.now())
        kiosks_watch()
        _hand_over(1, f"{BEGINS}tamper", f"{kiosk.public_id}:tamper")
        assert names(world) == ["amina"]
        assert Task.objects.get().state == "open"
        Kiosk.objects.filter(pk=kiosk.pk).update(health={}, health_at=timezone.now())
        kiosks_watch()
        assert open_now() == ["tamper"]  # nothing was said of the door
        Kiosk.objects.filter(pk=kiosk.pk).update(health={"door": False})
        kiosks_watch()
        _hand_over(2, OVER, f"{kiosk.public_id}:tamper")
        assert Task.objects.get().state == "done"


def _hand_over(number: int, kind: str, subject: str) -> None:
    with mock.patch.object(tasks.deliver, "enqueue"):
        tasks.notify(number, kind, subject, events(kind)[-1])


def test_two_tenants_kiosks_are_watched_apart(world: World) -> None:
    with tenant_context(world.alpha):
        kiosk = a_kiosk()
        Kiosk.objects.filter(pk=kiosk.pk).update(health={"door": True}, health_at=timezone.now())
    with tenant_context(world.beta):
        assert kiosks_watch()["kiosks"] == 0
        assert not KioskSignal.objects.exists()
        assert not KioskWatch.objects.exists()
    with tenant_context(world.alpha):
        kiosks_watch()
        assert open_now() == ["tamper"]


def test_what_signals_tell_is_as_declared(meter: Played) -> None:
    meter.pour()
    meter.pour(leak=3 * L)
    meter.pour()
    kiosks_watch()
    for kind, payloads in ((f"{BEGINS}leak", told("leak")), (OVER, events(OVER))):
        declared = kind_of(kind)
        assert declared is not None
        [payload] = payloads
        Draft202012Validator(declared.payload, format_checker=FormatChecker()).validate(payload)
