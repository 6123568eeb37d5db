"""Threads that want the same money: the product's books stay whole, the naive ones do not.

Each race is one function that runs against either book (MONEY-WATER 4: 2, 3, 5, 8).
"""

from collections.abc import Callable
from threading import Barrier, current_thread, main_thread

import pytest

from tests.conftest import World
from tests.transactions.books import Book, InsufficientFunds, Naive, Ours, Refused, fresh
from tests.transactions.invariants import assert_books
from tests.transactions.threads import PATIENCE_S, done, together
from transactions.ledger import holds, selectors
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Hold, Transfer
from transactions.ledger.services import AboveLimit, HoldResolved, KeyConflict, account, post
from wificore.kernel.db.context import tenant_context

WORKERS = 16


def spenders(world: World, book: Book) -> None:
    """16 workers spend 100 each from 1,000: 10 succeed, nothing is left and nothing is owed."""
    wallet = book.open(1_000)
    results = together(world.alpha, [lambda: book.spend(wallet, 100)] * WORKERS)
    assert book.state(wallet) == (0, 0)
    assert len(done(results)) == 10


def holders(world: World, book: Book) -> None:
    """The same for holds: what is held was there."""
    wallet = book.open(1_000)
    results = together(world.alpha, [lambda: book.hold(wallet, 100)] * WORKERS)
    assert book.state(wallet) == (1_000, 1_000)
    assert len(done(results)) == 10


def enders(world: World, book: Book) -> None:
    """A capture, a second one and a release of one hold: it ends once."""
    wallet = book.open(1_000)
    with tenant_context(world.alpha):
        hold = book.hold(wallet, 300)
    works = [lambda: book.capture(hold, 300), lambda: book.capture(hold, 300)]
    results = together(world.alpha, [*works, lambda: book.end(hold)])
    assert len(done(results)) == 1
    posted, held = book.state(wallet)
    assert held == 0
    assert posted in (700, 1_000)


Race = Callable[[World, Book], None]
RACES: list[tuple[Race, int]] = [(spenders, WORKERS), (holders, WORKERS), (enders, 3)]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize("race", [race for race, _ in RACES], ids=name)
def test_the_books_survive_the_race(world: World, ours: Ours, race: Race) -> None:
    race(world, ours)
    assert_books(world.alpha)


@pytest.mark.parametrize(("race", "workers"), RACES, ids=name)
def test_the_naive_implementation_loses_it(
    world: World, naive: Naive, race: Race, workers: int
) -> None:
    met = Barrier(workers, timeout=PATIENCE_S)

    def between() -> None:
        """Everybody in the race has read before anybody writes."""
        if current_thread() is not main_thread():
            met.wait()

    naive.between = between
    with pytest.raises(AssertionError):
        race(world, naive)


def test_only_refusals_of_the_domain_are_counted_as_refused() -> None:
    """The races have teeth: whoever was refused was refused for want of money, or too late."""
    assert {InsufficientFunds.status, AboveLimit.status} == {422}
    assert {HoldResolved.status, KeyConflict.status} == {409}
    assert Refused.status == 400


def test_one_key_at_the_same_moment_is_one_transfer(world: World, ours: Ours) -> None:
    wallet = ours.open(1_000)

    def spend() -> object:
        entries = [(wallet, -100), (account(Kind.REVENUE_WIFI), 100)]
        return post("sale.wallet", entries, key="sale:1")

    results = done(together(world.alpha, [spend] * WORKERS))
    assert len(results) == WORKERS
    assert sum(not result.replayed for result in results) == 1
    assert len({(result.transfer, result.balances[wallet]) for result in results}) == 1
    assert ours.state(wallet) == (900, 0)


def test_one_key_for_two_things_at_the_same_moment_is_one_of_them(world: World, ours: Ours) -> None:
    wallet = ours.open(1_000)

    def spend(amount: int) -> object:
        entries = [(wallet, -amount), (account(Kind.REVENUE_WIFI), amount)]
        return post("sale.wallet", entries, key="sale:1")

    works = [lambda amount=amount: spend(amount) for amount in (100, 101) * 4]
    results = together(world.alpha, works)
    assert len(done(results)) == 4
    assert sum(isinstance(result, KeyConflict) for result in results) == 4
    assert ours.state(wallet)[0] in (900, 899)
    assert_books(world.alpha)


def test_expiry_and_capture_of_the_same_holds_have_one_winner_each(
    world: World, ours: Ours
) -> None:
    wallet = ours.open(10_000)
    with tenant_context(world.alpha):
        placed = [ours.hold(wallet, 100) for _ in range(40)]
        over = Hold.objects.latest("expires_at").expires_at

    def capture_all() -> int:
        won = 0
        for hold in placed:
            try:
                ours.capture(hold, 60)
            except HoldResolved:
                continue
            won += 1
        return won

    works = [capture_all, lambda: len(holds.expire(over)), lambda: len(holds.expire(over))]
    won = done(together(world.alpha, works))
    assert sum(won) == len(placed)
    assert ours.state(wallet) == (10_000 - 60 * won[0], 0)
    assert_books(world.alpha)


def test_refunds_at_the_same_moment_sum_to_at_most_what_was_paid(world: World, ours: Ours) -> None:
    wallet = ours.open(1_000)
    with tenant_context(world.alpha):
        revenue = account(Kind.REVENUE_WIFI)
        sale = post("sale.wallet", [(wallet, -500), (revenue, 500)], key="sale:1").transfer

    def refund() -> object:
        entries = [(wallet, 100), (revenue, -100)]
        return post("refund.wallet", entries, key=fresh("refund"), reverses=sale)

    results = together(world.alpha, [refund] * WORKERS)
    assert len(done(results)) == 5
    assert all(isinstance(r, AboveLimit) for r in results if r not in done(results))
    assert ours.state(wallet) == (1_000, 0)
    with tenant_context(world.alpha):
        assert Transfer.objects.filter(reverses=sale).count() == 5
        assert selectors.balance(revenue) == 0


def test_transfers_between_the_same_wallets_in_both_directions_do_not_stop_each_other(
    world: World, ours: Ours
) -> None:
    one, other = ours.open(10_000), ours.open(10_000)

    def give(giver: int, taker: int) -> None:
        for _ in range(25):
            post("gift", [(giver, -1), (taker, 1)], key=fresh("gift"))

    works = [lambda: give(one, other), lambda: give(other, one)] * 4
    assert len(done(together(world.alpha, works))) == 8
    assert ours.state(one)[0] + ours.state(other)[0] == 20_000
    assert_books(world.alpha)
