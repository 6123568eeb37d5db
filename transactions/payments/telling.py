"""What audit and events are told of payments, receipts and suspense; no secret, no full number."""

from typing import Any

from wificore.kernel.changes import announce

from .gateways.mpesa.mapping import masked
from .models import Payment, PaymentState, Receipt, Suspense

EVENTS = {
    PaymentState.CREATED: "payment.created",
    PaymentState.PENDING: "payment.pending",
    PaymentState.PAID: "payment.paid",
    PaymentState.FAILED: "payment.failed",
    PaymentState.UNKNOWN: "payment.unknown",
}


def payment_values(payment: Payment) -> dict[str, Any]:
    return {
        "wallet": payment.wallet.public_id,
        "provider": payment.provider,
        "amount_micro": payment.amount_micro,
        "currency": payment.currency,
        "state": str(payment.state),
        "receipt": payment.receipt,
        "result_code": payment.result_code,
    }


def receipt_values(row: Receipt) -> dict[str, Any]:
    return {
        "provider": row.provider,
        "receipt": row.receipt,
        "wallet": row.wallet.public_id if row.wallet_id else None,
        "amount_micro": row.amount_micro,
        "currency": row.currency,
        "state": str(row.state),
        "unverified": row.unverified,
        "disputed": row.disputed,
    }


def tell_payment(payment: Payment, old: dict[str, Any] | None) -> None:
    """By its state's event, if anything changed."""
    new = payment_values(payment)
    if old != new:
        announce(EVENTS[PaymentState(payment.state)], payment.public_id, old=old, new=new)


def tell_doubled(payment: Payment) -> None:
    """It was credited twice, and the wallet has spent it: a person must decide."""
    announce("payment.doubled", payment.public_id, old={}, new=payment_values(payment))


def tell_receipt(what: str, row: Receipt, old: dict[str, Any] | None = None) -> None:
    """`what`: credited, typed, verified, disputed."""
    announce(f"receipt.{what}", f"{row.provider}:{row.receipt}", old=old, new=receipt_values(row))


def tell_suspense(what: str, found: Suspense, old: dict[str, Any] | None = None) -> None:
    """`what`: created, matched, returning, returned, kept."""
    row = found.receipt
    new = {
        "provider": row.provider,
        "receipt": row.receipt,
        "amount_micro": row.amount_micro,
        "currency": row.currency,
        "account_ref": row.account_ref,
        "payer_masked": masked(row.payer),
        "wallet": found.wallet.public_id if found.wallet_id else None,
    }
    announce(f"suspense.{what}", found.public_id, old=old, new=new)
