"""Writes: money of a dispense that is given back to the wallet it came from."""

from dataclasses import dataclass

from django.db import transaction

from transactions.ledger.kinds import Kind
from transactions.ledger.services import AboveLimit, account, post
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

from ..answers import public_id
from ..errors import AboveCaptured, Invalid
from ..models import WaterRefund, WaterTransaction
from ..selectors import refunded


@dataclass(frozen=True, slots=True)
class Refunded:
    """What was given back; `refunded_micro` is the dispense's, all refunds together."""

    transfer: int
    amount_micro: int
    refunded_micro: int
    balance_micro: int


def refund(*, dispense: WaterTransaction, amount_micro: int, reason: str) -> Refunded:
    """Give money of a dispense back; each call is another refund.

    Raises:
        AboveCaptured: refunds would sum to more than what was taken.
        Invalid: not an amount, no reason.
    """
    if amount_micro <= 0:
        raise Invalid("Give an amount above 0.", field="amount_micro")
    if not reason.strip():
        raise Invalid("Say why.", field="reason")
    if dispense.transfer is None or amount_micro > dispense.captured_micro:
        raise _above(dispense)
    with transaction.atomic():
        made = _posted(dispense, amount_micro, reason)
        told = {
            "kiosk": dispense.kiosk.public_id,
            "name": dispense.kiosk.name,
            "site": dispense.site_id,
            "wallet": dispense.wallet.public_id,
            "transfer": str(made.transfer),
            "amount_micro": amount_micro,
            "refunded_micro": made.refunded_micro,
            "balance_micro": made.balance_micro,
            "currency": dispense.currency,
            "reason": reason,
        }
        announce("water.refunded", public_id(dispense), new=told, reason=reason)
    return made


def _posted(dispense: WaterTransaction, amount: int, reason: str) -> Refunded:
    name, wallet = new_public_id(), dispense.wallet
    entries = [(wallet.account_id, amount), (account(Kind.REFUNDS), -amount)]
    try:
        # Refunds of one dispense wait here for each other, so that their sum is true.
        done = post(
            "refund.water",
            entries,
            key=f"refund:{name}",
            reason=reason,
            reverses=dispense.transfer,
        )
    except AboveLimit:
        raise _above(dispense) from None
    WaterRefund.objects.create(
        public_id=name,
        received_on=dispense.received_on,
        transaction=dispense.pk,
        kiosk=dispense.kiosk,
        wallet=wallet,
        amount_micro=amount,
        reason=reason,
        by=current_actor().label,
        transfer_id=done.transfer,
    )
    sum_of = refunded(dispense)
    return Refunded(done.transfer, amount, sum_of, done.balances[wallet.account_id])


def _above(dispense: WaterTransaction) -> AboveCaptured:
    message = f"Of this dispense {dispense.captured_micro} was taken: refunds are at most that."
    return AboveCaptured(message, field="amount_micro")
