"""One movement of money by all doors, in every order: credited once (MONEY-WATER 4, 6)."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.payments.doors import DOORS, Money, asked, new_phone, new_wallet, posted
from tests.transactions.payments.naive import Book, Naive, Ours
from tests.transactions.threads import together
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import account
from transactions.payments.models import InboxOutcome, Payment, Receipt, Suspense
from wificore.kernel.db.context import tenant_context

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
# Each example is dozens of transactions on a real server.
PATIENT = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def told_in_every_order(new: Callable[[], Book]) -> list[tuple[str, ...]]:
    """All 120 orders, each told twice over; those after which not exactly 100 were credited."""
    wrong = []
    for order in permutations(DOORS):
        book = new()
        credited = []
        for door in order * 2:
            book.tell(door)
            credited.append(book.credited())
        if set(credited) != {100}:
            wrong.append(order)
    return wrong


def test_every_order_of_all_doors_credits_one_payment_once(inside: World) -> None:
    assert told_in_every_order(Ours) == []
    assert_books(inside.alpha)
    paid = Payment.objects.filter(state="paid", provisional=None)
    assert paid.exclude(receipt=None).count() == 120


def test_the_naive_implementation_fails_the_same_test() -> None:
    assert told_in_every_order(Naive) != []


@PATIENT
@given(
    seed=st.integers(0, 2**32),
    asked_ones=st.integers(0, 3),
    others=st.integers(0, 2),
    missing=st.floats(0, 0.5),
)
def test_any_order_of_several_payments_of_the_same_amount_credits_each_once(
    inside: World, seed: int, asked_ones: int, others: int, missing: float
) -> None:
    """Same wallet, amount and payer: only receipts tell them apart, and guesses go wrong."""
    rng = random.Random(seed)
    phone = new_phone()
    wallet = new_wallet(phone)
    monies = [
        Money(wallet, payment=asked(wallet, phone=phone) if n < asked_ones else None, phone=phone)
        for n in range(asked_ones + others)
    ]
    told = [(money, door) for money in monies for door in money.doors if rng.random() >= missing]
    told += rng.sample(told, len(told) // 3)
    rng.shuffle(told)
    for money, door in told:
        money.by(door)
        assert posted(wallet) <= 100 * len(monies), (seed, door)
    for money in monies:  # in the end every callback comes
        money.by("stk" if money.payment else "c2b")
    assert posted(wallet) == 100 * len(monies), seed
    assert not Payment.objects.filter(wallet=wallet, provisional__isnull=False).exists()
    rows = Receipt.objects.filter(wallet=wallet)
    assert {row.receipt for row in rows} == {money.receipt for money in monies}
    assert len({row.transfer_id for row in rows}) == len(monies)
    assert_books(inside.alpha)


@pytest.mark.parametrize("turn", range(3))
def test_all_doors_at_the_same_moment_credit_one_payment_once(inside: World, turn: int) -> None:
    wallet = new_wallet()
    money = Money(wallet, payment=asked(wallet))
    doors = [*DOORS, "c2b", "stk"]
    together(inside.alpha, [lambda door=door: money.by(door) for door in doors])
    assert posted(wallet) == 100
    assert not Payment.objects.filter(provisional__isnull=False).exists()
    assert_books(inside.alpha)


def test_two_typed_receipts_for_two_wallets_at_once_credit_one(inside: World) -> None:
    wallets = [new_wallet(new_phone()) for _ in range(4)]
    monies = [Money(wallet, receipt="SJK1234567") for wallet in wallets]
    together(inside.alpha, [lambda money=money: money.by("typed") for money in monies])
    assert sum(posted(wallet) for wallet in wallets) == 100
    assert_books(inside.alpha)


def test_a_credit_that_turns_out_to_be_double_is_taken_back(inside: World) -> None:
    """The confirmation came too late for a guess; then the callback says that both are one."""
    wallet = new_wallet()
    money = Money(wallet, payment=asked(wallet))
    money.by("status")
    Payment.objects.update(created_at=LONG_AGO, paid_at=LONG_AGO)
    assert money.by("c2b") == InboxOutcome.CREDITED
    assert posted(wallet) == 200
    assert money.by("stk") == InboxOutcome.DUPLICATE
    assert posted(wallet) == 100
    assert_books(inside.alpha)


def test_money_in_suspense_that_a_callback_names_is_its_payments(inside: World) -> None:
    wallet = new_wallet()
    money = Money(wallet, payment=asked(wallet), account="nobody")
    assert money.by("c2b") == InboxOutcome.SUSPENSE
    assert money.by("stk") == InboxOutcome.CREDITED
    assert posted(wallet) == 100
    assert Suspense.objects.get().matched_at is not None
    assert_books(inside.alpha)


def test_suspense_after_a_status_query_is_not_credited_again(inside: World) -> None:
    wallet = new_wallet()
    money = Money(wallet, payment=asked(wallet), account="nobody")
    assert [money.by(door) for door in ("status", "c2b", "stk")] == [
        InboxOutcome.CREDITED,
        InboxOutcome.SUSPENSE,
        InboxOutcome.DUPLICATE,
    ]
    assert posted(wallet) == 100
    suspense = account(Kind.SUSPENSE, "mpesa")
    assert balance(suspense) == 0
    assert_books(inside.alpha)


@pytest.mark.parametrize("first", ["c2b", "pull", "typed"])
def test_a_status_query_that_comes_after_the_receipt_credits_nothing(
    inside: World, first: str
) -> None:
    wallet = new_wallet()
    money = Money(wallet, payment=asked(wallet))
    money.by(first)
    assert money.by("status") == InboxOutcome.DUPLICATE
    assert posted(wallet) == 100


def test_the_second_confirmation_of_the_same_amount_is_another_payment(inside: World) -> None:
    wallet = new_wallet()
    payment = asked(wallet)
    assert Money(wallet, payment=payment).by("status") == InboxOutcome.CREDITED
    assert Money(wallet).by("c2b") == InboxOutcome.DUPLICATE
    assert Money(wallet).by("c2b") == InboxOutcome.CREDITED
    assert posted(wallet) == 200


def test_a_confirmation_by_another_phone_is_another_payment(inside: World) -> None:
    wallet = new_wallet()
    Money(wallet, payment=asked(wallet)).by("status")
    assert Money(wallet, phone="+254711111222").by("c2b") == InboxOutcome.CREDITED
    assert posted(wallet) == 200


def test_the_same_receipt_in_two_tenants_is_two_payments(world: World) -> None:
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            wallet = new_wallet()
            money = Money(wallet, receipt="SAMEINBOTH")
            assert money.by("c2b") == InboxOutcome.CREDITED
            assert posted(wallet) == 100
