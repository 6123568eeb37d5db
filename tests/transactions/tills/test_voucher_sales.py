"""Vouchers over the counter and from a float: the money moves and the code works, or neither."""

from typing import Any

import pytest

from radius.models import Plan
from radius.vouchers.errors import VoucherNotForSale
from radius.vouchers.models import State, Voucher
from radius.vouchers.selectors import code_of
from radius.vouchers.services import voucher_batch_create
from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from tests.transactions.tills.conftest import AMINA, UNIT, keyed
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import InsufficientFunds, account
from transactions.resellers.models import Reseller
from transactions.resellers.services import (
    ResellerInvalid,
    float_top_up,
    reseller_create,
    voucher_resale_make,
)
from transactions.tills.errors import NoShift, TillInvalid
from transactions.tills.models import Sale, Shift
from transactions.tills.services import sale_refund, shift_close, voucher_sale_make
from wificore.kernel.actor import acting_as


@pytest.fixture
def voucher(daily: Plan) -> Voucher:
    """A printed one; Daily costs 20."""
    return voucher_batch_create(plan=daily, name="Kiosk", count=1).vouchers.get()


@pytest.fixture
def shop(shift: Shift) -> Reseller:
    """With 30 to sell from, and 10 % of what it sells."""
    made = reseller_create(name="Mama Njeri", commission_bp=1_000)
    float_top_up(reseller=made, amount_micro=30 * UNIT)
    return made


def test_a_sale_fills_the_drawer_and_makes_the_code_work(
    shift: Shift, voucher: Voucher, world: World
) -> None:
    sale = voucher_sale_make(voucher=voucher)
    voucher.refresh_from_db()
    assert (voucher.state, -balance(shift.account_id)) == (State.SOLD, 120 * UNIT)
    assert balance(account(Kind.REVENUE_WIFI)) == 20 * UNIT
    assert (sale.voucher, sale.subscriber, sale.customer) == (voucher.pk, None, voucher.account)
    assert_books(world.alpha)


def test_of_many_sales_at_once_one_is_made(world: World, shift: Shift, voucher: Voucher) -> None:
    def sell() -> Sale:
        with acting_as(AMINA):
            return voucher_sale_make(voucher=voucher)

    assert len(done(together(world.alpha, [sell] * 4))) == 1
    assert -balance(shift.account_id) == 120 * UNIT
    assert_books(world.alpha)


def test_what_is_sold_already_moves_no_money(shift: Shift, voucher: Voucher) -> None:
    voucher_sale_make(voucher=voucher)
    with pytest.raises(VoucherNotForSale):
        voucher_sale_make(voucher=voucher)
    assert (-balance(shift.account_id), Sale.objects.count()) == (120 * UNIT, 1)


def test_without_a_shift_it_stays_printed(counter: World, voucher: Voucher) -> None:
    with pytest.raises(NoShift):
        voucher_sale_make(voucher=voucher)
    voucher.refresh_from_db()
    assert voucher.state == State.PRINTED


def test_its_money_is_given_back_in_cash_only(shift: Shift, voucher: Voucher) -> None:
    sale = voucher_sale_make(voucher=voucher)
    with pytest.raises(TillInvalid):
        sale_refund(sale=sale, amount_micro=20 * UNIT, pay="wallet", reason="torn")
    sale_refund(sale=sale, amount_micro=20 * UNIT, pay="cash", reason="torn")
    assert -balance(shift.account_id) == 100 * UNIT


def test_a_float_pays_less_its_commission(shop: Reseller, voucher: Voucher, world: World) -> None:
    sale = voucher_resale_make(reseller=shop, voucher=voucher)
    voucher.refresh_from_db()
    assert (voucher.state, sale.voucher) == (State.SOLD, voucher.pk)
    assert (balance(shop.account_id), sale.commission_micro) == (12 * UNIT, 2 * UNIT)
    assert_books(world.alpha)


def test_a_float_with_too_little_sells_none(shop: Reseller, daily: Plan) -> None:
    first, second = voucher_batch_create(plan=daily, name="Kiosk", count=2).vouchers.all()
    voucher_resale_make(reseller=shop, voucher=first)
    with pytest.raises(InsufficientFunds):
        voucher_resale_make(reseller=shop, voucher=second)
    second.refresh_from_db()
    assert second.state == State.PRINTED


def test_a_resellers_batch_is_its_own(shop: Reseller, daily: Plan) -> None:
    mine = voucher_batch_create(plan=daily, name="Mine", count=1, reseller=shop.public_id)
    other = voucher_batch_create(plan=daily, name="Other", count=1, reseller="0" * 16)
    with pytest.raises(TillInvalid):
        voucher_sale_make(voucher=mine.vouchers.get())
    with pytest.raises(ResellerInvalid):
        voucher_resale_make(reseller=shop, voucher=other.vouchers.get())
    voucher_resale_make(reseller=shop, voucher=mine.vouchers.get())


def test_a_cashier_sells_by_what_is_on_the_paper(clerk: Person, daily: Plan) -> None:
    voucher = voucher_batch_create(plan=daily, name="Kiosk", count=1).vouchers.get()
    json: dict[str, Any] = {"content_type": "application/json"}
    opened = {"float_micro": 0, "currency": "KES"}
    shift = clerk.client().post("/api/v1/tills/shifts/", opened, **json).json()["id"]
    path = "/api/v1/tills/voucher-sales/"
    assert clerk.client().post(path, {"code": "ABCD-EFGH"}, **json, **keyed("1")).status_code == 400
    assert clerk.client().post(path, {}, **json, **keyed("2")).status_code == 400
    sold = {"code": code_of(voucher).lower()}
    first = clerk.client().post(path, sold, **json, **keyed("3"))
    again = clerk.client().post(path, sold, **json, **keyed("3"))
    assert (first.status_code, first.content) == (201, again.content)
    assert first.json()["voucher"] == voucher.pk
    assert code_of(voucher).lower() not in first.content.decode().lower()
    other = clerk.client().post(path, {"voucher": voucher.pk}, **json, **keyed("4"))
    assert other.status_code == 409
    with acting_as(AMINA):
        shift_close(shift=Shift.objects.get(public_id=shift), counted_micro=20 * UNIT)


def test_a_resellers_user_sells_one(owner: Person, shop: Reseller, voucher: Voucher) -> None:
    path = f"/api/v1/resellers/{shop.public_id}/voucher-sales/"
    asked: dict[str, Any] = {"content_type": "application/json", **keyed("1")}
    sold = owner.client().post(path, {"voucher": voucher.pk}, **asked)
    assert (sold.status_code, sold.json()["voucher"]) == (201, voucher.pk)
