"""Which receipt and which asked payment are the same money, where no provider says so.

A guess needs the same wallet and amount, times at most fifteen minutes apart, and a payer whose
number agrees. It is only a guess: a receipt that the provider names for a payment goes first.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from .gateways.mpesa.mapping import same_payer
from .gateways.provider import Door
from .models import Payment, PaymentState, Receipt, ReceiptState

NEAR = timedelta(minutes=15)
# Clocks of two processes, and of the provider.
SLACK = timedelta(seconds=5)


def free_receipt(payment: Payment) -> Receipt | None:
    """The oldest receipt, of no payment yet, that may be this one's; its row is locked."""
    rows = Receipt.objects.select_for_update(of=("self",)).filter(
        provider=payment.provider,
        wallet_id=payment.wallet_id,
        amount_micro=payment.amount_micro,
        payment=None,
        state__in=(ReceiptState.CREDITED, ReceiptState.WAITING),
        received_at__gte=payment.created_at - SLACK,
    )
    return next((row for row in rows.order_by("pk") if _fits(payment, row)), None)


Moments = tuple[datetime | None, ...]


def provisional_payment(row: Receipt, *moments: datetime | None) -> Payment | None:
    """The oldest payment that was credited without a receipt, and may be this one's; locked.

    Args:
        moments: when the receipt came, and when it happened by the provider's clock.
    """
    rows = Payment.objects.select_for_update(of=("self",)).filter(provisional__isnull=False)
    return _first(rows, row, moments)


def lost_payment(row: Receipt, *moments: datetime | None) -> Payment | None:
    """The oldest payment whose request nobody knows to have arrived, like this receipt; locked."""
    rows = Payment.objects.select_for_update(of=("self",)).filter(
        state=PaymentState.UNKNOWN, checkout_id=None
    )
    return _first(rows, row, moments)


def _first(rows: QuerySet[Payment], row: Receipt, moments: Moments) -> Payment | None:
    alike = rows.filter(provider=row.provider, wallet=row.wallet, amount_micro=row.amount_micro)
    # Nobody says who paid what staff typed.
    typed = row.door == Door.TYPED and not row.payer
    return next(
        (
            payment
            for payment in alike.select_related("wallet").order_by("pk")
            if (typed or same_payer(payment.phone, row.payer))
            and _near(moments, (payment.created_at, payment.paid_at))
        ),
        None,
    )


def _fits(payment: Payment, row: Receipt) -> bool:
    typed = row.door == Door.TYPED and not row.payer
    near = _near((row.received_at, row.happened_at), (payment.created_at,))
    return near and (typed or same_payer(payment.phone, row.payer))


def _near(moments: Moments, others: Moments) -> bool:
    pairs = [(one, other) for one in moments for other in others if one and other]
    return any(abs(one - other) <= NEAR for one, other in pairs)
