"""Writes: vouchers that are sold over the counter."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from radius.vouchers.services import voucher_sell
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.tills.errors import TillInvalid
from transactions.tills.models import Pay, Sale
from transactions.tills.selling import check_price, told
from transactions.tills.taking import own_shift
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id


def voucher_sale_make(*, voucher: Any) -> Sale:
    """Sell a printed voucher for cash: the money moves and its code works, both or neither.

    Args:
        voucher: of radius; it costs what its batch says, which is printed on it.

    Raises:
        NoShift: the actor has none open. VoucherNotForSale: it is sold, void or too old.
        TillInvalid: it has no price in whole units of our currency, or is a reseller's.
    """
    batch = voucher.batch
    check_price(batch.currency, batch.price_micro, Pay.CASH, field="voucher")
    if batch.reseller:
        raise TillInvalid("These vouchers are a reseller's to sell.", field="voucher")
    with transaction.atomic():
        shift = own_shift()
        public_id = new_public_id()
        moved = [
            (shift.account_id, -batch.price_micro),
            (account(Kind.REVENUE_WIFI), batch.price_micro),
        ]
        done = post("sale.cash", moved, key=f"sale:{public_id}", reason=voucher.account)
        voucher_sell(voucher=voucher)
        sale = Sale.objects.create(
            public_id=public_id,
            shift=shift,
            site_id=shift.site_id,
            seller=shift.cashier,
            seller_name=shift.cashier_name,
            voucher=voucher.pk,
            customer=voucher.account,
            plan=batch.plan_id,
            plan_name=batch.plan.name,
            pay=Pay.CASH,
            amount_micro=batch.price_micro,
            currency=batch.currency,
            transfer_id=done.transfer,
            created_at=timezone.now(),
        )
        announce("sale.made", public_id, new=told(sale))
    return sale
