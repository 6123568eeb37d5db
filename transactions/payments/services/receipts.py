"""Receipts that staff type from the payer's phone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from .. import books, matching
from ..errors import OtherReceipt
from ..gateways.provider import Door
from ..locks import lock_wallets
from ..models import Payment, PaymentState, Receipt, ReceiptState, Suspense
from ..telling import payment_values, tell_payment, tell_receipt
from .fees import fee_book
from .suspense import suspense_match


class Typing(StrEnum):
    """What came of a typed receipt."""

    CREDITED = "credited"
    WAITING = "waiting"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Typed:
    row: Receipt
    typing: Typing


def receipt_type(*, row: Receipt, trusted: bool, by: int | None) -> Typed:
    """A receipt as a form has filled it: credited at once on trust, else when it is confirmed.

    Raises:
        OtherReceipt: it is known and not credited, with another wallet or another amount.
    """
    with transaction.atomic():
        lock_wallets(row.wallet_id)
        known = _known(row) or _taken(row, by)
        if known is not None:
            return _again(known, row, trusted, by)
        return _typed(row, trusted)


def _known(row: Receipt) -> Receipt | None:
    rows = Receipt.objects.select_for_update(of=("self",)).select_related("wallet")
    return rows.filter(provider=row.provider, receipt=row.receipt).first()


def _taken(row: Receipt, by: int | None) -> Receipt | None:
    """Take the receipt's name; somebody else's row if they were faster."""
    row.state, row.door, row.typed_by = ReceiptState.WAITING, Door.TYPED, by
    row.received_at = timezone.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _known(row)
    return None


def _again(known: Receipt, row: Receipt, trusted: bool, by: int | None) -> Typed:
    if known.state == ReceiptState.CREDITED:
        return Typed(known, Typing.KNOWN)
    if (known.amount_micro, known.currency) != (row.amount_micro, row.currency):
        raise OtherReceipt("This receipt is about another amount.", field="amount_micro")
    if not trusted:
        return Typed(known, Typing.WAITING)
    if known.state == ReceiptState.SUSPENSE:  # the provider has told of it: it is just matched
        found = Suspense.objects.get(receipt=known)
        done = suspense_match(suspense=found.pk, wallet=row.wallet, by=by)
        return Typed(done.receipt, Typing.CREDITED)
    if known.wallet_id != row.wallet_id:
        raise OtherReceipt("This receipt waits for another wallet.", field="wallet")
    return _typed(known, trusted)


def _typed(row: Receipt, trusted: bool) -> Typed:
    """A payment that was credited without a receipt may have waited for just this one."""
    payment = matching.provisional_payment(row, timezone.now())
    if payment is not None:
        _take_over(row, payment)
        return Typed(row, Typing.KNOWN)
    if not trusted:
        tell_receipt("typed", row)
        return Typed(row, Typing.WAITING)
    row.state, row.unverified = ReceiptState.CREDITED, True
    row.transfer_id = books.credit_receipt(row, row.wallet)
    row.save()
    fee_book(row=row)
    tell_receipt("credited", row)
    return Typed(row, Typing.CREDITED)


def _take_over(row: Receipt, payment: Payment) -> None:
    old: dict[str, Any] = payment_values(payment)
    row.state, row.transfer_id, row.payment = ReceiptState.CREDITED, payment.provisional_id, payment
    row.save()
    payment.provisional, payment.receipt, payment.guessed = None, row.receipt, True
    assert payment.state == PaymentState.PAID
    payment.save()
    fee_book(row=row)
    tell_receipt("credited", row)
    tell_payment(payment, old)
