"""Payments that we ask for, until the provider has taken the order.

    created --claimed (sent_at)--> the order leaves once --> pending | failed | unknown

An order that was claimed and whose end nobody wrote down may have left: it is unknown, and is
never sent again.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from .. import books
from ..asking import first_ask
from ..gateways.cash.drawer import drawer
from ..gateways.provider import Accepted, Door
from ..models import Payment, PaymentState, Receipt, ReceiptState
from ..telling import payment_values, tell_payment


def payment_create(*, payment: Payment) -> Payment:
    """Store an order as a form has filled it; a worker sends it after the commit."""
    with transaction.atomic():
        payment.account_ref = payment.wallet.account_no
        payment.save(force_insert=True)
        tell_payment(payment, None)
    return payment


def payment_cash(*, payment: Payment) -> Payment:
    """Cash that lies on the counter: into the actor's drawer, and paid at once.

    Raises:
        NoShift: the actor has no shift open.
    """
    with transaction.atomic():
        source = drawer()
        payment_create(payment=payment)
        old = payment_values(payment)
        row = Receipt(
            provider=payment.provider,
            receipt=payment.public_id.upper(),
            state=ReceiptState.CREDITED,
            amount_micro=payment.amount_micro,
            currency=payment.currency,
            wallet=payment.wallet,
            payment=payment,
            door=Door.COUNTER,
        )
        row.transfer_id = books.credit_receipt(row, payment.wallet, source)
        row.save(force_insert=True)
        payment.state, payment.receipt = PaymentState.PAID, row.receipt
        payment.paid_at = timezone.now()
        payment.save()
        tell_payment(payment, old)
    return payment


def payment_sending(*, payment: int) -> Payment | None:
    """Claim the order for sending; None: somebody else has, or it is not to be sent any more."""
    rows = Payment.objects.filter(pk=payment, state=PaymentState.CREATED, sent_at=None)
    if not rows.update(sent_at=timezone.now()):
        return None
    return Payment.objects.select_related("wallet").get(pk=payment)


def payment_sent(*, payment: int, accepted: Accepted) -> None:
    """The provider took the order: its callback may come from now on, or has come already."""
    with transaction.atomic():
        row = _locked(payment)
        old = payment_values(row)
        row.checkout_id = accepted.checkout_id
        row.merchant_request_id = accepted.merchant_request_id or None
        row.url = accepted.url
        if row.state in (PaymentState.CREATED, PaymentState.UNKNOWN):
            row.state, row.next_ask_at = PaymentState.PENDING, first_ask(timezone.now())
        row.save()
        tell_payment(row, old)


def payment_refused(*, payment: int, code: str, text: str) -> None:
    """The order did not become a request to the payer."""
    _ended(payment, PaymentState.FAILED, code, text)


def payment_unsure(*, payment: int, text: str) -> None:
    """Nobody knows whether the payer was asked; money that comes will tell."""
    _ended(payment, PaymentState.UNKNOWN, "", text)


def _ended(payment: int, state: PaymentState, code: str, text: str) -> None:
    with transaction.atomic():
        row = _locked(payment)
        if row.state != PaymentState.CREATED:
            return
        old = payment_values(row)
        row.state, row.result_code, row.result_text = state, code[:20] or None, text[:200]
        row.save()
        tell_payment(row, old)


def _locked(payment: int) -> Any:
    rows = Payment.objects.select_for_update(of=("self",)).select_related("wallet")
    return rows.get(pk=payment)
