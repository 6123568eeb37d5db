"""Sales: the money moves and the customer is let in, both or neither."""

from datetime import UTC, datetime, timedelta

import pytest

from radius.models import Plan, RadCheck, Subscriber
from radius.services import SubscriberSuspended, plan_create, plan_delete, subscriber_update
from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from tests.transactions.tills.conftest import AMINA, UNIT
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Transfer
from transactions.ledger.selectors import balance
from transactions.ledger.services import AboveLimit, InsufficientFunds, account
from transactions.tills.errors import NoShift, TillInvalid
from transactions.tills.models import Sale, Shift
from transactions.tills.services import cash_top_up, sale_make, sale_refund, shift_close
from transactions.wallets.models import Wallet
from wificore.kernel.actor import acting_as

DAY = timedelta(days=1)


def revenue() -> int:
    return balance(account(Kind.REVENUE_WIFI))


def expiry(username: str) -> str:
    return RadCheck.objects.get(username=username, attribute="Expiration").value


def test_a_cash_sale_fills_the_drawer_and_lets_the_customer_in(
    shift: Shift, daily: Plan, customer: Subscriber
) -> None:
    before = datetime.now(UTC)
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")
    assert -balance(shift.account_id) == 120 * UNIT
    assert revenue() == 20 * UNIT
    customer.refresh_from_db()
    assert customer.expires_at is not None
    assert before + DAY <= customer.expires_at <= datetime.now(UTC) + DAY
    assert sale.valid_until == customer.expires_at
    assert expiry("chao") == customer.expires_at.strftime("%d %b %Y %H:%M:%S")
    assert (sale.seller, sale.seller_name) == (int(AMINA.id), AMINA.name)
    assert sale.receipt == f"R-{sale.pk:06}"


def test_who_renews_early_loses_nothing(shift: Shift, daily: Plan, customer: Subscriber) -> None:
    first = sale_make(subscriber=customer, plan=daily, pay="cash")
    second = sale_make(subscriber=customer, plan=daily, pay="cash")
    assert first.valid_until is not None
    assert second.valid_until == first.valid_until + DAY


def test_renewals_at_the_same_moment_all_count(
    world: World, shift: Shift, daily: Plan, customer: Subscriber
) -> None:
    def sell() -> Sale:
        with acting_as(AMINA):
            return sale_make(subscriber=customer, plan=daily, pay="cash")

    first = sell()
    assert len(done(together(world.alpha, [sell] * 4))) == 4
    customer.refresh_from_db()
    assert first.valid_until is not None
    assert customer.expires_at == first.valid_until + 4 * DAY
    assert_books(world.alpha)


def test_a_plan_without_a_validity_does_not_end(shift: Shift, customer: Subscriber) -> None:
    forever = plan_create(name="Fibre", price_micro=3_000 * UNIT)
    assert sale_make(subscriber=customer, plan=forever, pay="cash").valid_until is None
    assert not RadCheck.objects.filter(attribute="Expiration").exists()


def test_a_wallet_pays_for_a_customer_who_had_no_plan(
    shift: Shift, daily: Plan, wallet: Wallet, world: World
) -> None:
    cash_top_up(wallet=wallet, amount_micro=30 * UNIT)
    sale = sale_make(subscriber=wallet.subscriber, plan=daily, pay="wallet")
    wallet.account.refresh_from_db()
    assert wallet.account.posted == 10 * UNIT
    assert -balance(shift.account_id) == 130 * UNIT
    assert sale.customer == "254712345678"
    with pytest.raises(InsufficientFunds):
        sale_make(subscriber=wallet.subscriber, plan=daily, pay="wallet")
    found = Subscriber.objects.get()
    assert (found.plan, found.expires_at) == (daily, sale.valid_until)
    assert Sale.objects.count() == 1
    assert_books(world.alpha)


def test_whoever_is_suspended_pays_nothing(shift: Shift, daily: Plan, customer: Subscriber) -> None:
    subscriber_update(subscriber=customer, status="suspended")
    with pytest.raises(SubscriberSuspended):
        sale_make(subscriber=customer, plan=daily, pay="cash")
    assert -balance(shift.account_id) == 100 * UNIT
    assert not Transfer.objects.filter(kind="sale.cash").exists()


def test_nothing_is_sold_without_a_shift(counter: World, daily: Plan, customer: Subscriber) -> None:
    with pytest.raises(NoShift):
        sale_make(subscriber=customer, plan=daily, pay="cash")


@pytest.mark.parametrize(
    ("price", "currency"), [(0, "KES"), (20_500_000, "KES"), (UNIT, "UGX")], ids=str
)
def test_a_price_that_cannot_be_paid_in_cash_is_refused(
    shift: Shift, customer: Subscriber, price: int, currency: str
) -> None:
    odd = plan_create(name="Odd", price_micro=price, currency=currency)
    with pytest.raises(TillInvalid):
        sale_make(subscriber=customer, plan=odd, pay="cash")


def test_a_customer_without_a_wallet_does_not_pay_from_one(
    shift: Shift, daily: Plan, customer: Subscriber
) -> None:
    with pytest.raises(TillInvalid):
        sale_make(subscriber=customer, plan=daily, pay="wallet")


def test_a_receipt_stays_when_plan_and_customer_go(
    shift: Shift, daily: Plan, customer: Subscriber
) -> None:
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")
    customer.delete()
    plan_delete(plan=daily)
    sale.refresh_from_db()
    assert (sale.plan_name, sale.customer) == ("Daily", "chao")


def test_refunds_sum_to_at_most_the_sale(
    shift: Shift, daily: Plan, customer: Subscriber, world: World
) -> None:
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")
    sale_refund(sale=sale, amount_micro=15 * UNIT, pay="cash", reason="half a day")
    with pytest.raises(AboveLimit):
        sale_refund(sale=sale, amount_micro=6 * UNIT, pay="cash", reason="more")
    sale_refund(sale=sale, amount_micro=5 * UNIT, pay="cash", reason="the rest")
    sale.refresh_from_db()
    assert sale.refunded_micro == 20 * UNIT
    assert -balance(shift.account_id) == 100 * UNIT
    assert balance(account(Kind.REFUNDS)) == -20 * UNIT
    assert_books(world.alpha)


def test_refunds_at_the_same_moment_sum_to_at_most_the_sale(
    world: World, shift: Shift, daily: Plan, customer: Subscriber
) -> None:
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")

    def refund() -> object:
        with acting_as(AMINA):
            return sale_refund(sale=sale, amount_micro=10 * UNIT, pay="cash", reason="x")

    assert len(done(together(world.alpha, [refund] * 5))) == 2
    assert_books(world.alpha)


def test_a_refund_into_the_wallet_needs_no_drawer(
    shift: Shift, daily: Plan, wallet: Wallet
) -> None:
    sale = sale_make(subscriber=wallet.subscriber, plan=daily, pay="cash")
    shift_close(shift=shift, counted_micro=120 * UNIT)
    sale_refund(sale=sale, amount_micro=20 * UNIT, pay="wallet", reason="slow")
    wallet.account.refresh_from_db()
    assert wallet.account.posted == 20 * UNIT


@pytest.mark.parametrize(
    ("amount", "reason"), [(0, "x"), (-UNIT, "x"), (UNIT + 1, "x"), (UNIT, "  ")], ids=str
)
def test_a_refund_that_cannot_be_is_refused(
    shift: Shift, daily: Plan, customer: Subscriber, amount: int, reason: str
) -> None:
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")
    with pytest.raises(TillInvalid):
        sale_refund(sale=sale, amount_micro=amount, pay="cash", reason=reason)
