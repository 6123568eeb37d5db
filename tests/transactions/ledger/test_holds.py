"""holds: set aside, take at most that, let the rest go, once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from tests.conftest import World
from tests.transactions.books import fresh
from tests.transactions.invariants import assert_books
from transactions.ledger import holds, selectors
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account, Hold
from transactions.ledger.services import (
    AboveLimit,
    HoldResolved,
    InsufficientFunds,
    KeyConflict,
    LedgerMisused,
    account,
    post,
)
from wificore.kernel.db.context import platform_context

pytestmark = pytest.mark.usefixtures("inside")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def wallet(inside: World) -> int:
    number = account(Kind.WALLET, fresh("wallet"))
    post("topup.mpesa", [(account(Kind.CLEARING), -1_000), (number, 1_000)], key=fresh("topup"))
    return number


def water() -> int:
    return account(Kind.REVENUE_WATER)


def place(wallet: int, amount: int, key: str = "", **options: object) -> Hold:
    return holds.place(wallet, amount, key=key or fresh("hold"), expires_at=LATER, **options)


def state(wallet: int) -> tuple[int, int]:
    found = Account.objects.get(pk=wallet)
    return found.posted, found.held


def test_a_hold_sets_aside_what_others_cannot_spend(wallet: int) -> None:
    place(wallet, 700)
    assert state(wallet) == (1_000, 700)
    with pytest.raises(InsufficientFunds):
        place(wallet, 301)
    with pytest.raises(InsufficientFunds):
        post("sale.wallet", [(wallet, -301), (water(), 301)], key="sale:1")
    assert state(wallet) == (1_000, 700)


def test_a_capture_takes_a_part_and_lets_the_rest_go(inside: World, wallet: int) -> None:
    hold = place(wallet, 700)
    done = holds.capture(hold.pk, 450, to=[(water(), 450)], key="capture:1")
    assert done.balances == {wallet: 550}
    assert state(wallet) == (550, 0)
    hold.refresh_from_db()
    assert (hold.state, hold.captured, hold.rest) == ("captured", 450, 0)
    assert_books(inside.alpha)


def test_a_lease_is_captured_from_until_it_ends(inside: World, wallet: int) -> None:
    lease = place(wallet, 700, kind="lease")
    for number, amount in enumerate((100, 200)):
        key = f"capture:{number}"
        holds.capture(lease.pk, amount, to=[(water(), amount)], key=key, keep=True)
    assert state(wallet) == (700, 400)
    with pytest.raises(AboveLimit):
        holds.capture(lease.pk, 401, to=[(water(), 401)], key="capture:x", keep=True)
    assert holds.release(lease.pk)
    assert state(wallet) == (700, 0)
    with pytest.raises(HoldResolved):
        holds.capture(lease.pk, 1, to=[(water(), 1)], key="capture:y", keep=True)
    assert_books(inside.alpha)


def test_more_than_is_held_is_not_taken(wallet: int) -> None:
    hold = place(wallet, 700)
    with pytest.raises(AboveLimit):
        holds.capture(hold.pk, 701, to=[(water(), 701)], key="capture:1")
    assert state(wallet) == (1_000, 700)


def test_a_hold_ends_once(wallet: int) -> None:
    hold = place(wallet, 700)
    assert holds.release(hold.pk)
    assert not holds.release(hold.pk)
    with pytest.raises(HoldResolved) as refused:
        holds.capture(hold.pk, 1, to=[(water(), 1)], key="capture:1")
    assert refused.value.status == 409
    assert state(wallet) == (1_000, 0)


def test_the_same_key_gives_the_same_hold_and_another_wish_is_refused(wallet: int) -> None:
    first = place(wallet, 700, key="hold:1", reference="kiosk:1")
    assert place(wallet, 700, key="hold:1", reference="kiosk:1") == first
    assert state(wallet) == (1_000, 700)
    with pytest.raises(KeyConflict):
        place(wallet, 699, key="hold:1", reference="kiosk:1")


def test_the_same_capture_again_gives_the_stored_answer(wallet: int) -> None:
    hold = place(wallet, 700)
    first = holds.capture(hold.pk, 450, to=[(water(), 450)], key="capture:1")
    again = holds.capture(hold.pk, 450, to=[(water(), 450)], key="capture:1")
    assert (again.transfer, again.balances, again.replayed) == (
        first.transfer,
        first.balances,
        True,
    )
    with pytest.raises(KeyConflict):
        holds.capture(hold.pk, 449, to=[(water(), 449)], key="capture:1")


def test_a_refused_hold_is_not_there(wallet: int) -> None:
    with pytest.raises(InsufficientFunds):
        place(wallet, 1_001, key="hold:1")
    assert not Hold.objects.exists()
    place(wallet, 1_000, key="hold:1")


def test_what_is_over_expires_and_nothing_else(wallet: int) -> None:
    over = [place(wallet, 100) for _ in range(3)]
    lasting = holds.place(wallet, 50, key="hold:9", expires_at=LATER + timedelta(seconds=1))
    assert holds.expire(LATER - timedelta(seconds=1)) == []
    assert sorted(holds.expire(LATER)) == [hold.pk for hold in over]
    assert state(wallet) == (1_000, 50)
    assert [hold.pk for hold in selectors.holds_open(account=wallet)] == [lasting.pk]
    assert {hold.state for hold in Hold.objects.exclude(pk=lasting.pk)} == {"expired"}


def test_an_expiry_is_told_with_what_it_was_for(inside: World, wallet: int) -> None:
    lease = place(wallet, 700, kind="lease", reference="kiosk:1")
    holds.capture(lease.pk, 100, to=[(water(), 100)], key="capture:1", keep=True)
    holds.expire(LATER)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT subject, payload FROM events_outbox WHERE type = 'hold.expired'")
        [(subject, payload)] = cursor.fetchall()
    assert subject == lease.public_id
    assert json.loads(payload) == {
        "id": lease.public_id,
        "kind": "lease",
        "reference": "kiosk:1",
        "amount_micro": 700,
        "captured_micro": 100,
    }


def test_more_than_a_batch_expires_at_once(wallet: int) -> None:
    for number in range(holds.BATCH + 1):
        holds.place(wallet, 1, key=f"hold:{number}", expires_at=LATER)
    assert len(holds.expire(LATER)) == holds.BATCH + 1


def test_nothing_is_held_where_there_is_no_running_balance() -> None:
    with pytest.raises(LedgerMisused):
        place(water(), 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_hold_of_nothing_is_a_programming_error(wallet: int, amount: int) -> None:
    with pytest.raises(LedgerMisused):
        place(wallet, amount)


def test_a_hold_that_is_not_there_is_a_programming_error(wallet: int) -> None:
    with pytest.raises(LedgerMisused):
        holds.release(2**62)
    with pytest.raises(LedgerMisused):
        holds.capture(2**62, 1, to=[(water(), 1)], key="capture:1")
