"""Writes: resellers, their floats, and what they sell."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from radius.services import entitlement_open
from radius.vouchers.services import voucher_sell
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import currency_of_tenant
from transactions.ledger.services import account, post
from transactions.tills.taking import own_shift
from transactions.wallets.amounts import check_amount
from wificore.kernel.actor import current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.public_ids import new_public_id

from .models import Resale, Reseller

# What events and audit tell of a reseller.
TOLD = ("name", "phone", "user", "commission_bp", "active")


class ResellerInvalid(DomainError):
    """A reseller cannot be like this, or cannot sell this."""

    code = "validation_error"


class ResellerInactive(DomainError):
    """It sells nothing any more."""

    status = 409
    code = "reseller_inactive"


def reseller_create(*, name: str, **fields: Any) -> Reseller:
    """A new reseller with an empty float.

    Raises:
        ResellerInvalid: a value cannot be, or the name or the user is another reseller's.
    """
    public_id = new_public_id()
    with transaction.atomic():
        number = account(Kind.FLOAT, f"reseller:{public_id}")
        made = Reseller(public_id=public_id, name=name, account_id=number, **fields)
        return _saved(made)


def reseller_update(*, reseller: Reseller, **changes: Any) -> Reseller:
    """Change a reseller; what it sold stays as it was.

    Raises:
        ResellerInvalid: as for a new one.
    """
    for field, value in changes.items():
        setattr(reseller, field, value)
    return _saved(reseller)


def float_top_up(*, reseller: Reseller, amount_micro: int) -> dict[str, int]:
    """Cash into the actor's drawer and the reseller's float: its `transfer` and `balance_micro`.

    Raises:
        NoShift: the actor has none open. AmountInvalid: not whole units above 0.
        ResellerInactive: it sells nothing any more.
    """
    check_amount(amount_micro)
    with transaction.atomic():
        _check_active(reseller)
        shift = own_shift()
        entries = [(shift.account_id, -amount_micro), (reseller.account_id, amount_micro)]
        done = post("float.cash", entries, key=f"float:{new_public_id()}")
        balance = done.balances[reseller.account_id]
        told = {
            "name": reseller.name,
            "transfer": str(done.transfer),
            "amount_micro": amount_micro,
            "balance_micro": balance,
            "currency": reseller.account.currency,
        }
        announce("reseller.topped_up", reseller.public_id, new=told)
    return {"transfer": done.transfer, "balance_micro": balance}


def resale_make(*, reseller: Reseller, subscriber: Any, plan: Any) -> Resale:
    """Sell a plan from a float, which pays the price less the commission.

    Raises:
        InsufficientFunds: the float has less. ResellerInactive: it sells nothing any more.
        ResellerInvalid: the plan has no price in our currency.
        SubscriberSuspended: who is suspended could not use it.
    """
    _check_price(plan, "plan")
    with transaction.atomic():
        _check_active(reseller)
        public_id = new_public_id()
        commission = reseller.commission_of(plan.price_micro)
        transfer = _posted(reseller, plan.price_micro, plan.name, commission, public_id)
        customer = entitlement_open(subscriber=subscriber, plan=plan)
        sale = Resale.objects.create(
            public_id=public_id,
            reseller=reseller,
            seller_name=current_actor().label,
            subscriber=customer.pk,
            customer=customer.username,
            plan=plan.pk,
            plan_name=plan.name,
            amount_micro=plan.price_micro,
            commission_micro=commission,
            currency=plan.currency,
            transfer_id=transfer,
            valid_until=customer.expires_at,
            created_at=timezone.now(),
        )
        announce("reseller.sold", public_id, new=_told(sale))
    return sale


def voucher_resale_make(*, reseller: Reseller, voucher: Any) -> Resale:
    """Sell a printed voucher from a float: the same money, and its code works from now on.

    Raises:
        InsufficientFunds: the float has less. ResellerInactive: it sells nothing any more.
        ResellerInvalid: it has no price in our currency, or is another reseller's.
        VoucherNotForSale: it is sold, void or too old.
    """
    batch = voucher.batch
    _check_price(batch, "voucher")
    if batch.reseller not in ("", reseller.public_id):
        raise ResellerInvalid("This voucher is another reseller's.", field="voucher")
    with transaction.atomic():
        _check_active(reseller)
        public_id, price = new_public_id(), batch.price_micro
        commission = reseller.commission_of(price)
        transfer = _posted(reseller, price, voucher.account, commission, public_id)
        voucher_sell(voucher=voucher)
        sale = Resale.objects.create(
            public_id=public_id,
            reseller=reseller,
            seller_name=current_actor().label,
            voucher=voucher.pk,
            customer=voucher.account,
            plan=batch.plan_id,
            plan_name=batch.plan.name,
            amount_micro=price,
            commission_micro=commission,
            currency=batch.currency,
            transfer_id=transfer,
            created_at=timezone.now(),
        )
        announce("reseller.sold", public_id, new=_told(sale))
    return sale


def _check_price(ware: Any, field: str) -> None:
    if ware.price_micro <= 0 or ware.currency != currency_of_tenant():
        message = f"This {field} has no price in {currency_of_tenant()}: it is not sold."
        raise ResellerInvalid(message, field=field)


def _posted(reseller: Reseller, price: int, what: str, commission: int, sale: str) -> int:
    entries = [
        (reseller.account_id, commission - price),
        (account(Kind.REVENUE_WIFI), price),
        (account(Kind.COMMISSION), -commission),
    ]
    moved = [(number, amount) for number, amount in entries if amount]
    return post("sale.float", moved, key=f"resale:{sale}", reason=what).transfer


def _check_active(reseller: Reseller) -> None:
    """As it is now: whoever deactivates it waits for this sale, or this sale is refused."""
    row = Reseller.objects.select_for_update(no_key=True).get(pk=reseller.pk)
    if not row.active:
        raise ResellerInactive("This reseller is not active.")


def _saved(reseller: Reseller) -> Reseller:
    try:
        reseller.full_clean(validate_unique=False, exclude=["account"])
        with transaction.atomic():
            old = stored(reseller, TOLD)
            reseller.save()
            event = "reseller.created" if old is None else "reseller.updated"
            announce(event, reseller.public_id, old=old, new=snapshot(reseller, TOLD))
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ResellerInvalid(messages[0], field=field) from None
    except IntegrityError:
        message = "Another reseller has this name or this user."
        raise ResellerInvalid(message, field="name") from None
    return reseller


def _told(sale: Resale) -> dict[str, Any]:
    return {
        "reseller": sale.reseller.public_id,
        "name": sale.reseller.name,
        "subscriber": sale.subscriber,
        "voucher": sale.voucher,
        "plan": sale.plan,
        "plan_name": sale.plan_name,
        "amount_micro": sale.amount_micro,
        "commission_micro": sale.commission_micro,
        "currency": sale.currency,
        "transfer": str(sale.transfer_id),
        "valid_until": sale.valid_until,
    }
