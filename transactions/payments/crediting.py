"""Receipts and payments, and the one credit that each has (`services.arrivals`)."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from transactions.ledger.services import InsufficientFunds

from . import books, matching
from .gateways.provider import Arrival, Door
from .models import InboxOutcome, Payment, PaymentState, Receipt, ReceiptState, Suspense
from .telling import payment_values, tell_doubled, tell_payment, tell_receipt, tell_suspense

SUCCESS = "0"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an arrival; `note` says why it was rejected."""

    outcome: InboxOutcome
    note: str = ""


DUPLICATE = Taken(InboxOutcome.DUPLICATE)
CREDITED = Taken(InboxOutcome.CREDITED)


def seek(payment: Payment) -> Taken:
    """The payment's money: a receipt that came without a payment, else a provisional credit."""
    taken = DUPLICATE
    row = matching.free_receipt(payment)
    if row is None:
        old = payment_values(payment)
        payment.provisionals += 1
        payment.provisional_id = books.credit_payment(payment, payment.wallet)
        _mark_paid(payment)
        payment.save()
        tell_payment(payment, old)
        return CREDITED
    if row.state == ReceiptState.WAITING:
        taken = settle(row, payment)
    row.payment = payment
    vouched, row.unverified = row.unverified, False
    row.save()
    if vouched:
        tell_receipt("verified", row, {"unverified": True})
    payment.guessed = True
    pay(payment, row)
    return taken


def settle(row: Receipt, payment: Payment | None) -> Taken:
    """Give a receipt its one credit: its payment's provisional one, else a new one."""
    waited = Suspense.objects.filter(receipt=row, matched_at=None).first() if row.pk else None
    provisional = payment.provisional_id if payment is not None else None
    if waited is not None:
        _leave_suspense(waited, row, provisional)
    row.state, row.unverified = ReceiptState.CREDITED, False
    if payment is not None and provisional:
        row.transfer_id, payment.provisional = provisional, None
        return DUPLICATE
    if waited is None:
        row.transfer_id = books.credit_receipt(row, row.wallet)
    return CREDITED


def _leave_suspense(waited: Suspense, row: Receipt, provisional: int | None) -> None:
    waited.receipt, waited.wallet, waited.matched_at = row, row.wallet, timezone.now()
    if provisional:
        books.out_of_suspense(waited)
    else:
        row.transfer_id = books.credit_suspense(waited, row.wallet)
    waited.save()
    tell_suspense("matched", waited, {"wallet": None})


def is_leaving(row: Receipt) -> bool:
    """Whether its money was given back, or is about to be."""
    asked = Suspense.objects.filter(receipt=row, return_asked_at__isnull=False)
    return row.state == ReceiptState.REVERSED or asked.exists()


def suspend(row: Receipt) -> Taken:
    row.wallet, row.state = None, ReceiptState.SUSPENSE
    row.transfer_id = books.into_suspense(row)
    row.save()
    tell_suspense("created", Suspense.objects.create(receipt=row))
    return Taken(InboxOutcome.SUSPENSE)


def evicted(row: Receipt) -> Payment | None:
    """The payment that had this receipt by a guess only; it has lost it."""
    if row.payment_id is None:
        return None
    other = payment_locked(row.payment_id)
    if not other.guessed:
        return None
    _set_free(row, other)
    other.save()
    return other


def pass_on(own: Receipt, payment: Payment) -> None:
    """A guessed receipt is not this payment's: it may be that of one credited without a receipt.

    That one's credit is then spare: this payment's real receipt takes it over.
    """
    _set_free(own, payment)
    other = matching.provisional_payment(own, own.received_at, own.happened_at)
    if other is None:
        return
    payment.provisional, other.provisional = other.provisional, None
    own.payment, other.guessed = other, True
    own.save(update_fields=["payment"])
    pay(other, own)


def take_back(payment: Payment) -> None:
    try:
        books.take_back(payment, payment.wallet)
    except InsufficientFunds:
        tell_doubled(payment)


def _set_free(row: Receipt, payment: Payment) -> None:
    """The receipt keeps its credit, and is nobody's in particular."""
    row.payment = None
    row.save(update_fields=["payment"])
    payment.receipt, payment.guessed = None, False


def pay(payment: Payment, row: Receipt) -> None:
    old = payment_values(Payment.objects.select_related("wallet").get(pk=payment.pk))
    payment.receipt = row.receipt
    _mark_paid(payment)
    payment.save()
    tell_payment(payment, old)


def _mark_paid(payment: Payment) -> None:
    payment.state, payment.result_code, payment.next_ask_at = PaymentState.PAID, SUCCESS, None
    payment.paid_at = payment.paid_at or timezone.now()


def verify(row: Receipt, arrival: Arrival) -> None:
    """A provider confirms what staff had typed."""
    if not row.unverified:
        return
    if arrival.amount_micro not in (None, row.amount_micro):
        disputed(row, "")
        return
    old = {"unverified": True}
    row.unverified = False
    row.payer, row.account_ref = row.payer or arrival.payer, row.account_ref or arrival.account_ref
    row.save()
    tell_receipt("verified", row, old)


def disputed(row: Receipt, note: str) -> Taken:
    if not row.disputed:
        row.disputed = True
        row.save(update_fields=["disputed"])
        tell_receipt("disputed", row, {"disputed": False})
    return Taken(InboxOutcome.DUPLICATE, note)


def receipt_locked(provider: str, receipt: str) -> Receipt | None:
    rows = Receipt.objects.select_for_update(of=("self",)).select_related("wallet")
    return rows.filter(provider=provider, receipt=receipt).first()


def receipt_taken(provider: str, arrival: Arrival, door: Door) -> Receipt | None:
    """Take the receipt's name; None: somebody else just did."""
    row = Receipt(
        provider=provider,
        receipt=arrival.receipt,
        state=ReceiptState.WAITING,
        amount_micro=arrival.amount_micro or 0,
        currency=arrival.currency,
        door=door,
        account_ref=arrival.account_ref,
        payer=arrival.payer,
        happened_at=arrival.happened_at,
        received_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row


def payment_locked(key: int) -> Payment:
    rows = Payment.objects.select_for_update(of=("self",)).select_related("wallet")
    return rows.get(pk=key)
