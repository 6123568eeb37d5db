"""Resellers: a float that was paid ahead, and a commission."""

from collections.abc import Iterator

import pytest

from radius.models import Plan, Subscriber
from radius.services import SubscriberSuspended, plan_create, subscriber_create, subscriber_update
from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import InsufficientFunds, account
from transactions.resellers.models import Resale, Reseller
from transactions.resellers.services import (
    ResellerInactive,
    ResellerInvalid,
    float_top_up,
    resale_make,
    reseller_create,
    reseller_update,
)
from transactions.tills.errors import NoShift
from transactions.tills.services import shift_open
from transactions.wallets.amounts import AmountInvalid
from wificore.kernel.actor import Actor, acting_as

UNIT = 1_000_000
AMINA = Actor("user", id="900001", name="amina@alpha.test")


@pytest.fixture
def counter(inside: World) -> Iterator[World]:
    """Amina works in alpha and has a shift open."""
    with acting_as(AMINA):
        shift_open(float_micro=0)
        yield inside


@pytest.fixture
def shop(counter: World) -> Reseller:
    """With 100 in its float and 7.5 % of what it sells."""
    made = reseller_create(name="Mama Njeri", commission_bp=750)
    float_top_up(reseller=made, amount_micro=100 * UNIT)
    return made


@pytest.fixture
def plan(inside: World) -> Plan:
    return plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)


@pytest.fixture
def customer(plan: Plan) -> Subscriber:
    return subscriber_create(username="chao", password="secret1", plan=plan)


def has(shop: Reseller) -> int:
    return balance(shop.account_id)


def test_a_float_pays_the_price_less_the_commission(
    shop: Reseller, plan: Plan, customer: Subscriber, world: World
) -> None:
    sale = resale_make(reseller=shop, subscriber=customer, plan=plan)
    assert has(shop) == 100 * UNIT - 18_500_000
    assert balance(account(Kind.REVENUE_WIFI)) == 20 * UNIT
    assert balance(account(Kind.COMMISSION)) == -1_500_000
    assert (sale.commission_micro, sale.customer) == (1_500_000, "chao")
    customer.refresh_from_db()
    assert customer.expires_at == sale.valid_until
    assert_books(world.alpha)


def test_a_commission_in_fractions_is_rounded_down_and_the_books_still_sum_up(
    shop: Reseller, customer: Subscriber, world: World
) -> None:
    odd = plan_create(name="Odd", price_micro=33_333_333, validity_s=3_600)
    sale = resale_make(reseller=shop, subscriber=customer, plan=odd)
    assert sale.commission_micro == 2_499_999
    assert_books(world.alpha)


@pytest.mark.parametrize("commission", [0, 5_000])
def test_every_commission_from_none_to_half_sums_up(
    shop: Reseller, plan: Plan, customer: Subscriber, commission: int, world: World
) -> None:
    reseller_update(reseller=shop, commission_bp=commission)
    resale_make(reseller=shop, subscriber=customer, plan=plan)
    assert has(shop) == 80 * UNIT + 20 * UNIT * commission // 10_000
    assert_books(world.alpha)


def test_a_float_never_goes_below_zero_not_even_by_many_at_once(
    world: World, shop: Reseller, plan: Plan, customer: Subscriber
) -> None:
    reseller_update(reseller=shop, commission_bp=0)

    def sell() -> Resale:
        return resale_make(reseller=shop, subscriber=customer, plan=plan)

    results = together(world.alpha, [sell] * 8)
    assert len(done(results)) == 5
    assert {type(r) for r in results if r not in done(results)} == {InsufficientFunds}
    assert has(shop) == 0
    assert_books(world.alpha)


def test_a_reseller_who_is_not_active_sells_and_pays_nothing(
    shop: Reseller, plan: Plan, customer: Subscriber
) -> None:
    reseller_update(reseller=shop, active=False)
    with pytest.raises(ResellerInactive):
        resale_make(reseller=shop, subscriber=customer, plan=plan)
    with pytest.raises(ResellerInactive):
        float_top_up(reseller=shop, amount_micro=UNIT)


def test_who_is_suspended_is_sold_nothing(shop: Reseller, plan: Plan, customer: Subscriber) -> None:
    subscriber_update(subscriber=customer, status="suspended")
    with pytest.raises(SubscriberSuspended):
        resale_make(reseller=shop, subscriber=customer, plan=plan)
    assert has(shop) == 100 * UNIT


def test_a_float_is_paid_into_a_drawer_in_whole_units(inside: World) -> None:
    shop = reseller_create(name="Mama Njeri")
    with acting_as(AMINA), pytest.raises(NoShift):
        float_top_up(reseller=shop, amount_micro=UNIT)
    with pytest.raises(AmountInvalid):
        float_top_up(reseller=shop, amount_micro=UNIT + 1)


@pytest.mark.parametrize(("price", "currency"), [(0, "KES"), (UNIT, "UGX")])
def test_what_has_no_price_here_is_not_sold(
    shop: Reseller, customer: Subscriber, price: int, currency: str
) -> None:
    free = plan_create(name="Free", price_micro=price, currency=currency)
    with pytest.raises(ResellerInvalid):
        resale_make(reseller=shop, subscriber=customer, plan=free)


def test_a_reseller_that_cannot_be_is_refused(shop: Reseller) -> None:
    with pytest.raises(ResellerInvalid):
        reseller_create(name="Mama Njeri")
    with pytest.raises(ResellerInvalid):
        reseller_create(name="Other", commission_bp=5_001)
    with pytest.raises(ResellerInvalid):
        reseller_create(name="a\nb")
