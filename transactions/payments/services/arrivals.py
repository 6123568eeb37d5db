"""Money arrived, by whichever door: credited once (`payments/__init__` draws the doors).

    names our payment (STK, webhook, status)      names an account (C2B, pull)
      receipt known    -> link, no credit           receipt known -> no credit
      receipt new      -> credit, or take over      a payment credited without a receipt fits
                          its provisional credit                  -> take its credit over
      no receipt       -> a free receipt fits:      else          -> credit, or suspense
                          link; else provisional

Every receipt and every payment without one has exactly one credit. A guessed link is undone when
the provider names the receipt for another payment; then the payment looks for its money anew.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from transactions.wallets.amounts import UNIT
from transactions.wallets.selectors import by_account_no

from .. import matching
from ..asking import first_ask
from ..crediting import (
    DUPLICATE,
    SUCCESS,
    Taken,
    disputed,
    evicted,
    is_leaving,
    pass_on,
    pay,
    payment_locked,
    receipt_locked,
    receipt_taken,
    seek,
    settle,
    suspend,
    take_back,
    verify,
)
from ..gateways.provider import Arrival, Door, Outcome
from ..locks import lock_wallets
from ..models import InboxOutcome, Payment, PaymentState, Receipt, ReceiptState
from ..telling import payment_values, tell_payment, tell_receipt
from .fees import fee_book

# Whoever tells of a payment by these doors says its amount; a status query does not.
TELLS_AMOUNT = (Door.STK, Door.WEBHOOK)


def arrival_take(*, provider: str, arrival: Arrival, door: Door) -> Taken:
    """Book what a provider told; harmless to repeat, in any order with the other doors."""
    with transaction.atomic():
        take = _of_payment if arrival.checkout_id else _of_account
        taken = take(provider, arrival, door)
        _keep_fee(provider, arrival, taken)
        return taken


def _keep_fee(provider: str, arrival: Arrival, taken: Taken) -> None:
    if taken.outcome == InboxOutcome.REJECTED or not arrival.receipt:
        return
    row = receipt_locked(provider, arrival.receipt)
    if row is not None and arrival.outcome == Outcome.PAID:
        fee_book(row=row, told_micro=arrival.fee_micro)


def _of_payment(provider: str, arrival: Arrival, door: Door) -> Taken:
    found = Payment.objects.filter(provider=provider, checkout_id=arrival.checkout_id).first()
    if found is None:
        return _rejected("No payment of ours has this checkout id.")
    lock_wallets(found.wallet_id)
    payment = payment_locked(found.pk)
    if arrival.outcome != Outcome.PAID:
        return _ended(payment, arrival)
    if fault := _fault(payment, arrival, door):
        return _rejected(fault)
    if arrival.receipt:
        return _paid_by(payment, arrival, door)
    return _paid_somehow(payment)


def _fault(payment: Payment, arrival: Arrival, door: Door) -> str:
    """Why this success is not this payment's; empty: it is."""
    if arrival.amount_micro is None:
        return "The amount is missing." if door in TELLS_AMOUNT else ""
    if arrival.amount_micro != payment.amount_micro:
        return "The amount is not the one that was asked for."
    if arrival.currency and arrival.currency != payment.currency:
        return "The currency is not the one that was asked for."
    return ""


def _ended(payment: Payment, arrival: Arrival) -> Taken:
    """Not paid, as far as the provider knows; what is paid stays paid."""
    failed = arrival.outcome == Outcome.FAILED
    outcome = Taken(InboxOutcome.FAILED if failed else InboxOutcome.UNKNOWN)
    if arrival.outcome == Outcome.WAITING:
        return outcome
    if payment.state == PaymentState.PAID:
        return DUPLICATE
    # A failure is final but for a success, even one that names no receipt.
    if payment.state == PaymentState.FAILED and arrival.code != SUCCESS:
        return DUPLICATE
    old = payment_values(payment)
    payment.state = PaymentState.FAILED if failed else PaymentState.UNKNOWN
    payment.result_code, payment.result_text = arrival.code[:20], arrival.text[:200]
    payment.next_ask_at = None if failed else first_ask(timezone.now(), unknown=True)
    payment.save()
    tell_payment(payment, old)
    return outcome


def _paid_by(payment: Payment, arrival: Arrival, door: Door) -> Taken:
    """The provider names the receipt for this payment: that is certain."""
    own = Receipt.objects.select_for_update().filter(payment=payment).first()
    row = receipt_locked(payment.provider, arrival.receipt)
    if own is not None and own.receipt == arrival.receipt:
        if payment.guessed:
            Payment.objects.filter(pk=payment.pk).update(guessed=False)
        verify(own, arrival)
        return DUPLICATE
    if own is not None and not payment.guessed:
        return _rejected("The payment has another receipt.")
    if own is not None:
        pass_on(own, payment)
    if row is None:
        return _first_heard(payment, arrival, door)
    return _heard_before(payment, row, arrival)


def _first_heard(payment: Payment, arrival: Arrival, door: Door) -> Taken:
    row = receipt_taken(payment.provider, arrival, door)
    if row is None:  # another wallet's worker has it this moment
        again = receipt_locked(payment.provider, arrival.receipt)
        assert again is not None
        return _heard_before(payment, again, arrival)
    row.wallet = payment.wallet
    taken = settle(row, payment)
    row.payment = payment
    row.save()
    tell_receipt("credited", row)
    pay(payment, row)
    return taken


def _heard_before(payment: Payment, row: Receipt, arrival: Arrival) -> Taken:
    """The receipt came by another door first."""
    if row.wallet_id not in (None, payment.wallet_id):
        return disputed(row, "The receipt was credited to another wallet.")
    if is_leaving(row):
        return disputed(row, "The receipt's money is being given back.")
    loser = evicted(row)
    if row.payment_id and loser is None:
        return _rejected("The receipt is another payment's.")
    taken = DUPLICATE
    if row.state == ReceiptState.CREDITED and payment.provisional_id:
        if loser is None or matching.free_receipt(loser):
            take_back(payment)
        else:  # each gets the other's credit
            loser.provisional = payment.provisional
            loser.save()
        payment.provisional = None
    elif row.state != ReceiptState.CREDITED:
        row.wallet = payment.wallet
        row.amount_micro = arrival.amount_micro or row.amount_micro
        taken = settle(row, payment)
    row.payment = payment
    row.save()
    verify(row, arrival)
    pay(payment, row)
    if loser is not None and loser.provisional_id is None:
        seek(loser)
    return taken


def _paid_somehow(payment: Payment) -> Taken:
    """Paid, says a status query, which names no receipt."""
    if payment.state == PaymentState.PAID:
        return DUPLICATE
    return seek(payment)


def _of_account(provider: str, arrival: Arrival, door: Door) -> Taken:
    amount = arrival.amount_micro
    if amount is None or amount <= 0 or not arrival.receipt:
        return _rejected("The amount or the receipt is missing.")
    wallet = by_account_no(arrival.account_ref)
    known = Receipt.objects.filter(provider=provider, receipt=arrival.receipt).first()
    lock_wallets(wallet.pk if wallet else None, known.wallet_id if known else None)
    row = receipt_locked(provider, arrival.receipt) or receipt_taken(provider, arrival, door)
    row = row or receipt_locked(provider, arrival.receipt)
    assert row is not None
    if row.state in (ReceiptState.SUSPENSE, ReceiptState.REVERSED) and row.transfer_id:
        return DUPLICATE
    if row.state == ReceiptState.CREDITED:
        verify(row, arrival)
        return DUPLICATE
    return _arrived(row, arrival, wallet)


def _arrived(row: Receipt, arrival: Arrival, wallet: Any) -> Taken:
    """A receipt that has no credit yet: new, or typed and now confirmed."""
    row.amount_micro = arrival.amount_micro or row.amount_micro
    row.payer, row.account_ref = arrival.payer, arrival.account_ref
    row.happened_at = arrival.happened_at
    row.wallet = wallet or row.wallet
    other = row.wallet is not None and row.wallet.currency != row.currency
    if row.wallet is None or other or row.amount_micro % UNIT:
        return suspend(row)
    moments = (timezone.now(), row.happened_at)
    payment = matching.provisional_payment(row, *moments)
    taken = settle(row, payment)
    payment = payment or matching.lost_payment(row, *moments)
    row.payment = payment
    row.save()
    tell_receipt("credited", row)
    if payment is not None:
        payment.guessed = True
        pay(payment, row)
    return taken


def _rejected(note: str) -> Taken:
    return Taken(InboxOutcome.REJECTED, note)
