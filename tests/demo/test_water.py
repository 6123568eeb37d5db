"""The demo's water: books and counters as they must be, of its own tenant only."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.models import F, Sum

from tests.conftest import World
from tests.demo.test_history import DEMO, partitions
from tests.transactions.invariants import assert_books
from transactions.ledger.models import Account
from transactions.water.acks import missing
from transactions.water.models import (
    DispenseClaim,
    Kiosk,
    KioskDay,
    KioskEpoch,
    Lease,
    WaterTransaction,
)
from wificore.access.models import Site
from wificore.access.services import site_save
from wificore.demo import water
from wificore.demo.people import SITES, ZONE
from wificore.kernel.db.context import platform_context, tenant_context

DAYS = 6


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """Alpha's water, shorter and of fewer people than the demo's."""
    monkeypatch.setattr(water, "DRINKERS", 16)
    monkeypatch.setattr(water, "HISTORY_DAYS", DAYS)
    before = partitions()
    with tenant_context(world.alpha):
        for name in SITES:
            site_save(site=Site(name=name, zone=ZONE))
        found = water.water_up(DEMO)
    yield found
    with platform_context(), connections["owner"].cursor() as cursor:
        for name in partitions() - before:
            cursor.execute(f'DROP TABLE ts_alpha."{name}"')


def test_the_books_balance_and_each_dispense_is_there_once(
    world: World, told: list[dict[str, str]]
) -> None:
    assert_books(world.alpha)
    with tenant_context(world.alpha):
        rows = WaterTransaction.objects.filter(received_on__isnull=False)
        assert rows.count() == DispenseClaim.objects.count() > 20
        assert not rows.exclude(cost_micro=F("captured_micro")).exists()
        wallets = Account.objects.filter(kind="wallet")
        paid = rows.aggregate(sum=Sum("captured_micro"))["sum"]
        in_all = wallets.aggregate(sum=Sum("posted"))["sum"]
        assert paid > 0
        assert (in_all + paid) % water.TOP_UP == 0
        assert min(wallets.values_list("posted", flat=True)) >= 0
        days = rows.values_list("business_day", flat=True).distinct()
        assert DAYS - 1 <= len(set(days)) <= DAYS + 1


def test_one_record_got_lost_and_the_rest_is_without_a_gap(
    world: World, told: list[dict[str, str]]
) -> None:
    with tenant_context(world.alpha):
        gaps = [gap for kiosk in Kiosk.objects.all() for gap in missing(kiosk)]
        assert len(gaps) == 1
        ((epoch, first, last),) = gaps
        assert (epoch, first) == (1, last)
        reached = KioskEpoch.objects.get(max_seq__gt=F("ack_through"))
        assert reached.ack_through == first - 1


def test_its_days_are_counted_and_what_the_meter_says_is_explained(
    world: World, told: list[dict[str, str]]
) -> None:
    with tenant_context(world.alpha):
        rows = WaterTransaction.objects.filter(received_on__isnull=False)
        sold = rows.filter(mode="hold").aggregate(sum=Sum("ml"))["sum"]
        days = KioskDay.objects.all()
        assert days.aggregate(sum=Sum("sold_ml"))["sum"] == sold
        assert sum(day.unexplained_ml for day in days) == 20_000
        assert sum(day.missing for day in days) == 1
        assert not any(day.in_doubt for day in days if not day.missing)


def test_another_start_adds_nothing_and_says_the_same_keys(
    world: World, told: list[dict[str, str]]
) -> None:
    with tenant_context(world.alpha):
        before = DispenseClaim.objects.count(), Lease.objects.count()
        assert water.water_up(DEMO) == told
        assert (DispenseClaim.objects.count(), Lease.objects.count()) == before
        assert [one["public_id"] for one in told] == list(
            Kiosk.objects.order_by("pk").values_list("public_id", flat=True)
        )


def test_a_stranger_sees_nothing_of_it(world: World, told: list[dict[str, str]]) -> None:
    with tenant_context(world.beta):
        assert not Kiosk.objects.exists()
        assert not WaterTransaction.objects.filter(received_on__isnull=False).exists()
