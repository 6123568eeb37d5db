"""Shifts: what goes into a drawer, what must be in it, what is counted."""

import pytest

from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from tests.transactions.tills.conftest import AMINA, BRIAN, UNIT
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import account
from transactions.tills.errors import NoShift, NotACashier, ShiftClosed, ShiftOpen, TillInvalid
from transactions.tills.models import Shift
from transactions.tills.selectors import shift_open_of
from transactions.tills.services import cash_top_up, shift_close, shift_open
from transactions.wallets.models import Wallet
from wificore.kernel.actor import Actor, acting_as


def safe() -> int:
    return -balance(account(Kind.CASH, "safe"))


def test_the_float_comes_from_the_safe(shift: Shift) -> None:
    assert -balance(shift.account_id) == 100 * UNIT
    assert safe() == -100 * UNIT
    assert shift_open_of(int(AMINA.id)) == shift


def test_a_cashier_has_one_shift_open(shift: Shift) -> None:
    with pytest.raises(ShiftOpen):
        shift_open(float_micro=0)
    with acting_as(BRIAN):
        shift_open(float_micro=0)
    assert Shift.objects.count() == 2


def test_a_cashier_who_opens_two_at_once_gets_one(world: World) -> None:
    def opened() -> Shift:
        with acting_as(AMINA):
            return shift_open(float_micro=0)

    assert len(done(together(world.alpha, [opened] * 6))) == 1


@pytest.mark.parametrize("kind", ["system", "support", "anonymous"])
def test_only_staff_answer_for_a_drawer(inside: World, kind: str) -> None:
    with acting_as(Actor(kind, id="1")), pytest.raises(NotACashier):
        shift_open(float_micro=0)


@pytest.mark.parametrize(
    ("counted", "difference"), [(150, 0), (149, -1), (0, -150), (152, 2)], ids=str
)
def test_the_counted_cash_goes_to_the_safe_and_a_difference_is_written_down(
    shift: Shift, wallet: Wallet, counted: int, difference: int, world: World
) -> None:
    cash_top_up(wallet=wallet, amount_micro=50 * UNIT)
    closed = shift_close(shift=shift, counted_micro=counted * UNIT, note="evening")
    assert closed.expected_micro == 150 * UNIT
    assert closed.difference_micro == difference * UNIT
    assert balance(shift.account_id) == 0
    assert safe() == (counted - 100) * UNIT
    assert -balance(account(Kind.CASH, "difference")) == -difference * UNIT
    assert_books(world.alpha)


def test_a_counted_drawer_takes_no_more_money(shift: Shift, wallet: Wallet) -> None:
    shift_close(shift=shift, counted_micro=100 * UNIT)
    with pytest.raises(NoShift):
        cash_top_up(wallet=wallet, amount_micro=UNIT)
    with pytest.raises(ShiftClosed):
        shift_close(shift=shift, counted_micro=100 * UNIT)


def test_money_that_comes_while_the_drawer_is_counted_is_counted_or_refused(
    world: World, shift: Shift, wallet: Wallet
) -> None:
    def pay() -> object:
        with acting_as(AMINA):
            return cash_top_up(wallet=wallet, amount_micro=UNIT)

    def count() -> object:
        with acting_as(AMINA):
            return shift_close(shift=shift, counted_micro=100 * UNIT)

    results = together(world.alpha, [pay, pay, pay, count, pay, pay, pay])
    shift.refresh_from_db()
    paid = len(done(results)) - 1
    assert shift.expected_micro == (100 + paid) * UNIT
    wallet.account.refresh_from_db()
    assert wallet.account.posted == paid * UNIT
    assert balance(shift.account_id) == 0
    assert_books(world.alpha)


@pytest.mark.parametrize("amount", [-1, 10**16])
def test_an_amount_that_cannot_be_is_refused(counter: World, amount: int) -> None:
    with pytest.raises(TillInvalid):
        shift_open(float_micro=amount)
    with pytest.raises(TillInvalid):
        shift_close(shift=shift_open(float_micro=0), counted_micro=amount)
