"""wallet_open and top_up."""

import pytest

from radius.models import Plan, RadCheck, Subscriber
from radius.services import (
    SubscriberInUse,
    entitlement_open,
    plan_create,
    subscriber_create,
    subscriber_delete,
)
from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from transactions.ledger.kinds import Kind
from transactions.ledger.services import KeyConflict, account, post
from transactions.wallets import selectors
from transactions.wallets.amounts import AmountInvalid
from transactions.wallets.models import Wallet
from transactions.wallets.services import (
    TopUp,
    WalletInvalid,
    WalletTaken,
    top_up,
    wallet_open,
)

UNIT = 1_000_000


def clearing() -> int:
    return account(Kind.CLEARING, "mpesa")


def paid(wallet: Wallet, units: int, key: str) -> TopUp:
    return top_up(wallet, units * UNIT, source=clearing(), channel="mpesa", key=key)


def test_a_new_telephone_is_a_new_customer_who_cannot_log_in_yet(inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712 345 678")
    customer = Subscriber.objects.get()
    assert (customer.name, customer.phone, customer.username, customer.plan) == (
        "Amina",
        "+254712345678",
        "254712345678",
        None,
    )
    checks = dict(RadCheck.objects.values_list("attribute", "value"))
    assert checks["Expiration"].endswith("2000 00:00:00")
    assert wallet.subscriber_id == customer.pk
    entitlement_open(subscriber=customer, plan=plan_create(name="Daily"))
    assert not RadCheck.objects.filter(attribute="Expiration").exists()


@pytest.mark.parametrize("stored", ["+254712345678", "0712345678", "254712345678"])
def test_a_customer_is_found_by_the_telephone_however_it_is_written(
    inside: World, stored: str
) -> None:
    plan: Plan = plan_create(name="Daily")
    customer = subscriber_create(username="amina", password="secret1", plan=plan, phone=stored)
    assert wallet_open(name="Other", phone="0712345678").subscriber_id == customer.pk
    customer.refresh_from_db()
    assert (customer.name, customer.plan) == ("", plan)


def test_a_customer_has_one_wallet(inside: World) -> None:
    wallet_open(name="Amina", phone="0712345678")
    with pytest.raises(WalletTaken) as refused:
        wallet_open(name="Amina", phone="+254 712 345 678")
    assert refused.value.status == 409
    assert Wallet.objects.count() == 1


def test_one_telephone_at_the_same_moment_is_one_wallet(world: World) -> None:
    works = [lambda: wallet_open(name="Amina", phone="0712345678")] * 6
    results = together(world.alpha, works)
    assert len(done(results)) == 1
    # The others lost at the wallet, or at the user name of the new customer.
    assert {getattr(r, "status", 201) for r in results} == {201, 409}


@pytest.mark.parametrize("phone", ["", "amina", "07", "+0712345678"])
def test_what_is_no_telephone_is_refused(inside: World, phone: str) -> None:
    with pytest.raises(WalletInvalid):
        wallet_open(name="Amina", phone=phone)


def test_a_wallet_is_found_by_its_number_and_its_id(inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    spaced = f"{wallet.account_no[:4]} {wallet.account_no[4:]}"
    assert selectors.by_account_no(spaced) == wallet
    assert selectors.by_id(wallet.public_id) == wallet
    assert selectors.by_subscriber(wallet.subscriber_id) == wallet
    wrong = str((int(wallet.account_no[0]) + 1) % 10) + wallet.account_no[1:]
    assert selectors.by_account_no(wrong) is None
    assert selectors.by_id("0" * 16) is None
    assert selectors.by_id("\0") is None


def test_money_comes_in_once_for_a_key(inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    first = paid(wallet, 50, "payment:1")
    assert (first.amount_micro, first.receivable_paid_micro, first.balance_micro) == (
        50 * UNIT,
        0,
        50 * UNIT,
    )
    paid(wallet, 20, "payment:2")
    assert paid(wallet, 50, "payment:1") == first
    with pytest.raises(KeyConflict):
        paid(wallet, 51, "payment:1")
    wallet.account.refresh_from_db()
    assert wallet.account.posted == 70 * UNIT


def test_what_the_customer_owes_is_paid_first(inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    water = [(wallet.receivable_id, -30 * UNIT), (account(Kind.REVENUE_WATER), 30 * UNIT)]
    post("water.receivable", water, key="water:1")
    first = paid(wallet, 20, "payment:1")
    assert (first.receivable_paid_micro, first.balance_micro) == (20 * UNIT, 0)
    second = paid(wallet, 20, "payment:2")
    assert (second.receivable_paid_micro, second.balance_micro) == (10 * UNIT, 10 * UNIT)
    assert paid(wallet, 20, "payment:1") == first
    found = selectors.by_id(wallet.public_id)
    assert found is not None
    assert found.receivable_micro == 0
    assert_books(inside.alpha)


def test_a_debt_is_paid_once_by_payments_at_the_same_moment(world: World, inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    water = [(wallet.receivable_id, -30 * UNIT), (account(Kind.REVENUE_WATER), 30 * UNIT)]
    post("water.receivable", water, key="water:1")
    works = [lambda n=n: paid(wallet, 20, f"payment:{n}") for n in range(8)]
    made = done(together(world.alpha, works))
    assert sum(one.receivable_paid_micro for one in made) == 30 * UNIT
    wallet.account.refresh_from_db()
    assert wallet.account.posted == 130 * UNIT
    assert_books(world.alpha)


@pytest.mark.parametrize("amount", [0, -UNIT, UNIT + 1, 10**16])
def test_only_whole_units_are_paid_in(inside: World, amount: int) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    with pytest.raises(AmountInvalid):
        top_up(wallet, amount, source=clearing(), channel="mpesa", key="payment:1")


def test_a_customer_with_a_wallet_is_not_deleted(inside: World) -> None:
    wallet = wallet_open(name="Amina", phone="0712345678")
    with pytest.raises(SubscriberInUse):
        subscriber_delete(subscriber=wallet.subscriber)
    assert Subscriber.objects.count() == 1
