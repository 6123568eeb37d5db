"""Water and WiFi together: booked once, split in balanced transfers, both or neither."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from radius.models import Plan, Subscriber
from radius.services import plan_create, subscriber_update
from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import together
from tests.transactions.tills.conftest import AMINA
from tests.transactions.water.conftest import JSON, PRICE, UNIT, Borehole
from transactions.ledger.door import InsufficientFunds
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Transfer
from transactions.ledger.selectors import sum_of
from transactions.ledger.services import account
from transactions.tills.services import shift_open
from transactions.water.booking import book
from transactions.water.models import Bundle, BundleGrant, BundleProgress
from transactions.water.services import bundle_save, bundle_sell
from transactions.water.services.bundles import BundleEnded, BundleInvalid
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context

L = 1000
# 60 litres earn 1.50 at this price; a third of it is WiFi's.
WIFI = 60 * PRICE // 3


def plan() -> Plan:
    found = Plan.objects.filter(name="1 h").first()
    return found or plan_create(name="1 h", price_micro=10 * UNIT, validity_s=3_600)


def earned(**fields: Any) -> Bundle:
    values = {"name": "60 L, 1 h", "kind": "earned", "ml": 60 * L, "wifi_micro": WIFI, **fields}
    return bundle_save(bundle=Bundle(plan=plan(), **values))


def bought(**fields: Any) -> Bundle:
    values = {"name": "Day and 100 L", "kind": "bought", "ml": 100 * L}
    money = {"price_micro": 20 * UNIT, "wifi_micro": 17 * UNIT}
    return bundle_save(bundle=Bundle(plan=plan(), **{**values, **money, **fields}))


def drawn(borehole: Borehole, ml: int, **fields: Any) -> dict[str, Any]:
    """A record of a dispense that was authorised."""
    hold = borehole.device.authorise(max_ml=ml).json()["hold"]
    return borehole.device.record(mode="hold", hold=hold, ml=ml, **fields)


def revenue(kind: Kind) -> int:
    return sum_of(account(kind))


def test_water_earns_wifi_and_its_revenue_is_split(world: World, borehole: Borehole) -> None:
    records = [drawn(borehole, 25 * L) for _ in range(5)]
    with tenant_context(world.alpha):
        earned()
        for record in records:
            book(borehole.kiosk, [record])
        grants = BundleGrant.objects.order_by("pk")
        assert [(grant.seq, grant.times) for grant in grants] == [(3, 1), (5, 1)]
        progress = BundleProgress.objects.get()
        assert (progress.ml, progress.earned) == (5 * L, 2)
        assert revenue(Kind.REVENUE_WIFI) == 2 * WIFI
        assert revenue(Kind.REVENUE_WATER) == 125 * PRICE - 2 * WIFI
        customer = Subscriber.objects.get(pk=borehole.wallet.subscriber_id)
        assert customer.plan == plan()
        assert customer.expires_at is not None
        left = (customer.expires_at - datetime.now(UTC)).total_seconds()
        assert 2 * 3_600 - 600 < left <= 2 * 3_600
    assert_books(world.alpha)


def test_one_large_dispense_earns_several_times(world: World, borehole: Borehole) -> None:
    record = drawn(borehole, 150 * L)
    with tenant_context(world.alpha):
        earned()
        book(borehole.kiosk, [record])
        grant = BundleGrant.objects.get()
        assert (grant.times, grant.wifi_micro) == (2, 2 * WIFI)
        assert Transfer.objects.get(pk=grant.transfer_id).kind == "bundle.earned"


def test_a_dispense_counts_once_however_often_and_from_how_many_it_comes(
    world: World, borehole: Borehole
) -> None:
    records = [drawn(borehole, 20 * L) for _ in range(10)]
    sent = records * 4
    random.Random(7).shuffle(sent)
    with tenant_context(world.alpha):
        earned()
        kiosk = borehole.kiosk
    parts = [sent[number::4] for number in range(4)]
    together(world.alpha, [lambda part=part: book(kiosk, part) for part in parts])
    with tenant_context(world.alpha):
        progress = BundleProgress.objects.get()
        assert (progress.earned, progress.ml) == (3, 20 * L)
        assert sum(BundleGrant.objects.values_list("times", flat=True)) == 3
        assert revenue(Kind.REVENUE_WIFI) == 3 * WIFI
    assert_books(world.alpha)


def test_what_staff_draw_or_nobody_paid_for_earns_nothing(world: World, borehole: Borehole) -> None:
    overrun = drawn(borehole, 1)
    overrun.update(ml=0, stop="no_flow")
    with tenant_context(world.alpha):
        earned()
        book(borehole.kiosk, [borehole.device.record(ml=100 * L), overrun])
        assert not BundleProgress.objects.exists()


def test_who_is_suspended_draws_water_and_forgoes_wifi(world: World, borehole: Borehole) -> None:
    record = drawn(borehole, 70 * L)
    with tenant_context(world.alpha):
        earned()
        customer = Subscriber.objects.get(pk=borehole.wallet.subscriber_id)
        subscriber_update(subscriber=customer, status="suspended")
        assert [result.status for result in book(borehole.kiosk, [record])] == ["completed"]
        assert not BundleGrant.objects.exists()
        assert revenue(Kind.REVENUE_WIFI) == 0
    assert_books(world.alpha)


def test_a_bundle_that_ended_is_not_earned(world: World, borehole: Borehole) -> None:
    record = drawn(borehole, 70 * L)
    with tenant_context(world.alpha):
        bundle = earned()
        bundle.active = False
        bundle_save(bundle=bundle)
        book(borehole.kiosk, [record])
        assert not BundleProgress.objects.exists()


@pytest.mark.parametrize(("pay", "before", "after"), [("cash", 100, 103), ("wallet", 100, 83)])
def test_a_bundle_is_bought_in_one_transfer(
    world: World, borehole: Borehole, pay: str, before: int, after: int
) -> None:
    with tenant_context(world.alpha), acting_as(AMINA):
        shift = shift_open(float_micro=0)
        bundle, wallet = bought(), borehole.wallet
        assert wallet.account.posted == before * UNIT
        sale = bundle_sell(bundle=bundle, wallet=wallet, pay=pay)
        wallet.account.refresh_from_db()
        shift.account.refresh_from_db()
        assert wallet.account.posted == after * UNIT
        assert shift.account.posted == (-20 * UNIT if pay == "cash" else 0)
        assert revenue(Kind.REVENUE_WIFI) == 17 * UNIT
        assert (sale.plan_name, sale.amount_micro) == ("Day and 100 L", 20 * UNIT)
        assert Transfer.objects.get(pk=sale.transfer_id).kind == f"bundle.{pay}"
        assert BundleGrant.objects.get().sale == sale
    assert_books(world.alpha)


def test_who_pays_from_the_wallet_has_the_whole_price_in_it(
    world: World, borehole: Borehole
) -> None:
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=0)
        dear = bought(name="Dear", price_micro=101 * UNIT, wifi_micro=UNIT)
        with pytest.raises(InsufficientFunds):
            bundle_sell(bundle=dear, wallet=borehole.wallet, pay="wallet")
        borehole.wallet.account.refresh_from_db()
        assert borehole.wallet.account.posted == 100 * UNIT
        assert not BundleGrant.objects.exists()


def test_what_is_earned_is_not_sold_and_what_ended_neither(
    world: World, borehole: Borehole
) -> None:
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=0)
        for bundle in (earned(), bought(active=False)):
            with pytest.raises(BundleEnded):
                bundle_sell(bundle=bundle, wallet=borehole.wallet, pay="cash")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ml": 0}, "ml"),
        ({"wifi_micro": -1}, "wifi_micro"),
        ({"wifi_micro": 20 * UNIT}, "wifi_micro"),
        ({"kind": "earned"}, "price_micro"),
    ],
)
def test_a_bundle_that_cannot_be_is_refused(
    world: World, borehole: Borehole, fields: dict[str, Any], field: str
) -> None:
    with tenant_context(world.alpha):
        with pytest.raises(BundleInvalid) as refused:
            bought(**fields)
        assert refused.value.field == field
        bought()
        with pytest.raises(BundleInvalid):
            bought()


def test_bundles_over_http(
    world: World, borehole: Borehole, owner: Person, clerk: Person, stranger: Person
) -> None:
    url = "/api/v1/bundles/"
    with tenant_context(world.alpha):
        number = plan().pk
    body = {"name": "Day", "kind": "bought", "ml": 100 * L, "plan": number}
    body |= {"price_micro": 20 * UNIT, "wifi_micro": 17 * UNIT}
    assert clerk.client().post(url, body, JSON).status_code == 403
    made = owner.client().post(url, body, JSON)
    assert made.status_code == 201, made.content
    assert (made.json()["water_micro"], made.json()["plan_name"]) == (3 * UNIT, "1 h")
    one = f"{url}{made.json()['id']}/"
    changed = owner.client().patch(one, {"name": "Day and 100 L"}, JSON)
    assert changed.json()["name"] == "Day and 100 L"
    shift = {"float_micro": 0, "currency": "KES"}
    assert clerk.client().post("/api/v1/tills/shifts/", shift, JSON).status_code == 201
    sale = {"wallet": borehole.wallet.public_id, "pay": "cash"}
    assert clerk.client().post(f"{one}sales/", sale, JSON).status_code == 400  # no key
    key = {"idempotency-key": "bundle-1"}
    first = clerk.client().post(f"{one}sales/", sale, JSON, headers=key)
    assert first.status_code == 201, first.content
    again = clerk.client().post(f"{one}sales/", sale, JSON, headers=key)
    assert again.content == first.content
    [grant] = owner.client().get(f"{one}grants/").json()["results"]
    assert (grant["sale"], grant["customer"]) == (first.json()["id"], "Amina")
    assert stranger.client().get(url).json()["results"] == []
    for path in (one, f"{one}grants/"):
        assert stranger.client().get(path).status_code == 404
    assert stranger.client().post(f"{one}sales/", sale, JSON, headers=key).status_code == 404
