"""Writes: plans that are sold over the counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from radius.services import entitlement_open
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.tills.errors import TillInvalid
from transactions.tills.models import Pay, Sale
from transactions.tills.selling import check_price, told
from transactions.tills.taking import own_shift
from transactions.wallets.models import Wallet
from transactions.wallets.selectors import by_subscriber
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id


@dataclass(frozen=True, slots=True)
class Terms:
    """How a plan is sold together with something else (a bundle).

    Attributes:
        kind: what the transfer is called, before its channel. name: what the receipt says.
        shares: (account, micro-units): who gets the price; they sum to it.
    """

    kind: str
    name: str
    price_micro: int
    shares: Sequence[tuple[int, int]]


def sale_make(*, subscriber: Any, plan: Any, pay: str, terms: Terms | None = None) -> Sale:
    """Sell a plan: the money moves and the customer is let in, both or neither.

    Args:
        subscriber, plan: of radius. pay: "cash" into the actor's drawer, or from the "wallet".
        terms: of what is sold with it; None: the plan alone, for its price.

    Raises:
        NoShift: the actor has none open.
        InsufficientFunds: the wallet has less.
        TillInvalid: the plan has no price, or one in fractions that no coin pays; no wallet.
        SubscriberSuspended: who is suspended could not use it.
    """
    how = terms or _alone(plan)
    check_price(plan.currency, how.price_micro, pay, field="plan")
    with transaction.atomic():
        shift = own_shift()
        public_id = new_public_id()
        source = shift.account_id if pay == Pay.CASH else _wallet(subscriber).account_id
        entries = _entries(source, how)
        done = post(f"{how.kind}.{pay}", entries, key=f"sale:{public_id}", reason=how.name)
        customer = entitlement_open(subscriber=subscriber, plan=plan)
        sale = Sale.objects.create(
            public_id=public_id,
            shift=shift,
            site_id=shift.site_id,
            seller=shift.cashier,
            seller_name=shift.cashier_name,
            subscriber=customer.pk,
            customer=customer.username,
            plan=plan.pk,
            plan_name=how.name,
            pay=pay,
            amount_micro=how.price_micro,
            currency=plan.currency,
            transfer_id=done.transfer,
            valid_until=customer.expires_at,
            created_at=timezone.now(),
        )
        announce("sale.made", public_id, new=told(sale))
    return sale


def _alone(plan: Any) -> Terms:
    shares = [(account(Kind.REVENUE_WIFI), plan.price_micro)] if plan.price_micro > 0 else []
    return Terms("sale", plan.name, plan.price_micro, shares)


def _entries(source: int, how: Terms) -> list[tuple[int, int]]:
    """Each account once: a wallet may pay, and keep a share of what it paid."""
    sums = {source: -how.price_micro}
    for number, share in how.shares:
        sums[number] = sums.get(number, 0) + share
    return [(number, amount) for number, amount in sums.items() if amount]


def _wallet(subscriber: Any) -> Wallet:
    wallet = by_subscriber(subscriber.pk)
    if wallet is None:
        raise TillInvalid("This customer has no wallet.", field="pay")
    return wallet
