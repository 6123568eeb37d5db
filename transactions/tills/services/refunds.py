"""Writes: money of a sale that is given back."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.tills.errors import NoShift, TillInvalid
from transactions.tills.models import Pay, Refund, Sale, Shift
from transactions.tills.selling import check_left, check_refund, told
from transactions.tills.taking import own_shift, shift_of
from transactions.wallets.selectors import by_subscriber
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id


@dataclass(frozen=True, slots=True)
class Giver:
    """The user whose drawer pays, and its name."""

    user: int
    name: str


def sale_refund(
    *, sale: Sale, amount_micro: int, pay: str, reason: str, giver: Giver | None = None
) -> Refund:
    """Give money of a sale back, from the actor's drawer or into the wallet.

    What the sale opened stays open: whoever gives money back decides about that, too.

    Args:
        giver: who gives it, if another one acts: an approval.

    Raises:
        AboveLimit: refunds would sum to more than the sale.
        NoShift: cash, and the actor has no shift open. InsufficientFunds: the drawer has less.
        TillInvalid: not an amount, no reason, no wallet.
    """
    check_refund(amount_micro, pay, reason)
    with transaction.atomic():
        sale = Sale.objects.select_for_update().get(pk=sale.pk)
        check_left(sale, amount_micro)
        public_id = new_public_id()
        shift, target = _source(sale, pay, giver)
        done = post(
            f"refund.{pay}",
            [(target, amount_micro), (account(Kind.REFUNDS), -amount_micro)],
            key=f"refund:{public_id}",
            reason=reason,
            reverses=sale.transfer_id,
        )
        refund = Refund.objects.create(
            public_id=public_id,
            sale=sale,
            shift=shift,
            pay=pay,
            amount_micro=amount_micro,
            reason=reason,
            by=giver.name if giver else current_actor().label,
            transfer_id=done.transfer,
            created_at=timezone.now(),
        )
        sale.refunded_micro += amount_micro
        sale.save(update_fields=["refunded_micro"])
        news = {**told(sale), "refund": public_id, "refund_micro": amount_micro, "paid_to": pay}
        announce("sale.refunded", sale.public_id, new=news, reason=reason)
    return refund


def _source(sale: Sale, pay: str, giver: Giver | None) -> tuple[Shift | None, int]:
    """The drawer that pays, if it is cash, and the account that the money goes to or from."""
    if pay == Pay.CASH:
        shift = own_shift() if giver is None else shift_of(giver.user)
        if shift is None:
            raise NoShift("Whoever asked has no shift open any more.")
        return shift, shift.account_id
    wallet = by_subscriber(sale.subscriber) if sale.subscriber else None
    if wallet is None:
        raise TillInvalid("This customer has no wallet.", field="pay")
    return None, wallet.account_id
