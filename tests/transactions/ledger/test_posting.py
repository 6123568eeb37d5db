"""services.post and services.settle: one transfer, once, or nothing."""

import pytest

from tests.conftest import World
from tests.transactions.books import fresh
from tests.transactions.invariants import assert_books
from transactions.ledger import selectors
from transactions.ledger.kinds import RUNNING, Kind
from transactions.ledger.models import Account, Entry, Transfer
from transactions.ledger.services import (
    AboveLimit,
    InsufficientFunds,
    KeyConflict,
    LedgerMisused,
    account,
    post,
    settle,
)
from wificore.kernel.actor import Actor, acting_as

pytestmark = pytest.mark.usefixtures("inside")


def wallet(amount: int = 0) -> int:
    number = account(Kind.WALLET, fresh("wallet"))
    if amount:
        post("topup.mpesa", [(clearing(), -amount), (number, amount)], key=fresh("topup"))
    return number


def clearing() -> int:
    return account(Kind.CLEARING, "mpesa")


def revenue() -> int:
    return account(Kind.REVENUE_WIFI)


def test_a_transfer_moves_money_and_says_the_balances() -> None:
    number = wallet(1_000)
    done = post("sale.wallet", [(number, -300), (revenue(), 300)], key="sale:1", reason="Daily")
    assert done.balances == {number: 700}
    assert done.amounts == {number: -300, revenue(): 300}
    assert not done.replayed
    stored = Transfer.objects.get(pk=done.transfer)
    assert (stored.kind, stored.amount, stored.reason) == ("sale.wallet", 300, "Daily")
    assert [e.balance_after for e in selectors.entries(account=number)] == [700, 1_000]


def test_a_transfer_says_who_did_it() -> None:
    with acting_as(Actor("user", id="12", name="amina@alpha.test")):
        wallet(100)
    stored = Transfer.objects.latest("id")
    assert (stored.actor, stored.actor_name) == ("user:12", "amina@alpha.test")


def test_an_account_is_opened_once_with_the_rules_of_its_kind() -> None:
    for kind in Kind:
        number = account(kind, "shift:1")
        assert account(kind, "shift:1") == number
        assert Account.objects.get(pk=number).running == (kind in RUNNING), kind
    bounds = Account.objects.values_list("kind", "min_balance", "max_balance")
    assert {
        kind: (least, most) for kind, least, most in bounds if (least, most) != (None,) * 2
    } == {
        "wallet": (0, None),
        "float": (0, None),
        "cash": (None, 0),
        "receivable": (None, 0),
    }


def test_a_safe_has_no_bound_for_nobody_counted_it_at_the_start() -> None:
    assert Account.objects.get(pk=account(Kind.CASH, "safe")).max_balance is None


def test_the_same_key_gives_the_stored_answer(inside: World) -> None:
    number = wallet(1_000)
    entries = [(number, -300), (revenue(), 300)]
    first = post("sale.wallet", entries, key="sale:1")
    post("sale.wallet", [(number, -100), (revenue(), 100)], key="sale:2")
    again = post("sale.wallet", entries[::-1], key="sale:1", reason="told otherwise")
    assert again.replayed
    assert (again.transfer, again.balances) == (first.transfer, first.balances)
    assert selectors.balance(number) == 600


@pytest.mark.parametrize(
    ("kind", "amount"), [("sale.wallet", 301), ("sale.cash", 300)], ids=["amount", "kind"]
)
def test_the_same_key_for_something_else_is_refused(kind: str, amount: int) -> None:
    number = wallet(1_000)
    post("sale.wallet", [(number, -300), (revenue(), 300)], key="sale:1")
    with pytest.raises(KeyConflict):
        post(kind, [(number, -amount), (revenue(), amount)], key="sale:1")
    assert selectors.balance(number) == 700


def test_a_wallet_never_goes_below_zero(inside: World) -> None:
    number = wallet(100)
    with pytest.raises(InsufficientFunds) as refused:
        post("sale.wallet", [(number, -101), (revenue(), 101)], key="sale:1")
    assert refused.value.account == number
    assert refused.value.status == 422
    assert selectors.balance(number) == 100
    # The key is free: nothing was done under it.
    assert not post("sale.wallet", [(number, -100), (revenue(), 100)], key="sale:1").replayed
    assert_books(inside.alpha)


def test_more_cash_than_a_drawer_has_is_not_paid_out() -> None:
    drawer = account(Kind.CASH, "shift:1")
    number = account(Kind.WALLET, fresh("wallet"))
    post("topup.cash", [(drawer, -500), (number, 500)], key="topup:1")
    with pytest.raises(InsufficientFunds):
        post("refund.cash", [(drawer, 501), (account(Kind.REFUNDS), -501)], key="refund:1")


@pytest.mark.parametrize(
    "amounts",
    [(-100, 99), (0, 0), (100, 0), (-(2**63), 2**63 - 1)],
    ids=["not 0", "nothing", "one side", "huge"],
)
def test_entries_that_do_not_sum_to_zero_are_a_programming_error(amounts: tuple[int, int]) -> None:
    number = wallet(1_000)
    with pytest.raises(LedgerMisused):
        post("sale.wallet", list(zip((number, revenue()), amounts, strict=True)), key="sale:1")
    assert Entry.objects.filter(transfer__idempotency_key="sale:1").count() == 0


@pytest.mark.parametrize("entries", [[], [(1, 5)], [(1, 5), (1, -5)]])
def test_an_account_alone_or_twice_is_a_programming_error(entries: list[tuple[int, int]]) -> None:
    number = wallet(1_000)
    with pytest.raises(LedgerMisused):
        post("sale.wallet", [(number, amount) for _, amount in entries], key="sale:1")


def test_an_account_that_is_not_there_is_a_programming_error() -> None:
    with pytest.raises(LedgerMisused):
        post("sale.wallet", [(wallet(100), -100), (2**62, 100)], key="sale:1")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(LedgerMisused):
        entries = [(wallet(100), -100), (account(Kind.REVENUE_WIFI, currency="UGX"), 100)]
        post("sale.wallet", entries, key="sale:1")


def test_more_than_the_books_can_count_is_refused() -> None:
    number = wallet(2**62)
    with pytest.raises(AboveLimit):
        post("topup.mpesa", [(clearing(), -(2**62)), (number, 2**62)], key="topup:1")
    assert selectors.balance(number) == 2**62


def test_revenue_has_no_running_balance_but_a_sum(inside: World) -> None:
    number = wallet(1_000)
    for name in "ab":
        post("sale.wallet", [(number, -300), (revenue(), 300)], key=f"sale:{name}")
    assert Account.objects.get(pk=revenue()).posted == 0
    assert selectors.balance(revenue()) == 600


def test_a_balance_at_a_moment_leaves_out_what_came_later() -> None:
    number = wallet(1_000)
    later = Entry.objects.latest("id").created_at
    post("sale.wallet", [(number, -300), (revenue(), 300)], key="sale:1")
    assert selectors.balance(number, at=later) == 0
    last = Entry.objects.latest("id").created_at
    assert selectors.balance(number, at=last) == 1_000


def test_reversals_are_at_most_what_they_reverse(inside: World) -> None:
    number = wallet(1_000)
    sale = post("sale.wallet", [(number, -600), (revenue(), 600)], key="sale:1").transfer
    back = [(number, 400), (revenue(), -400)]
    first = post("refund.wallet", back, key="refund:1", reverses=sale)
    with pytest.raises(AboveLimit):
        entries = [(number, 201), (revenue(), -201)]
        post("refund.wallet", entries, key="refund:2", reverses=sale)
    post("refund.wallet", [(number, 200), (revenue(), -200)], key="refund:3", reverses=sale)
    assert selectors.balance(number) == 1_000
    with pytest.raises(LedgerMisused):  # a reversal is not reversed
        post("sale.wallet", [(number, -1), (revenue(), 1)], key="x", reverses=first.transfer)
    assert_books(inside.alpha)


def test_what_is_owed_is_paid_first_and_the_rest_is_the_wallets(inside: World) -> None:
    number, owed = wallet(), account(Kind.RECEIVABLE, "wallet:1")
    water = account(Kind.REVENUE_WATER)
    post("water.receivable", [(owed, -700), (water, 700)], key="water:1")

    def top_up(amount: int, key: str) -> tuple[int, int]:
        settle(
            "topup.mpesa", source=clearing(), owed=owed, rest=number, amount_micro=amount, key=key
        )
        return selectors.balance(owed), selectors.balance(number)

    assert top_up(500, "topup:1") == (-200, 0)
    assert top_up(500, "topup:2") == (0, 300)
    assert top_up(500, "topup:3") == (0, 800)
    assert top_up(500, "topup:2") == (0, 800)
    with pytest.raises(KeyConflict):
        top_up(501, "topup:2")
    assert_books(inside.alpha)


def test_a_refusal_leaves_the_callers_transaction_as_it_was() -> None:
    from django.db import transaction

    number = wallet(100)
    with transaction.atomic():
        post("sale.wallet", [(number, -60), (revenue(), 60)], key="sale:1")
        with pytest.raises(InsufficientFunds):
            post("sale.wallet", [(number, -60), (revenue(), 60)], key="sale:2")
    assert selectors.balance(number) == 40
