"""Where money of payments goes in the books: from a provider's clearing to a wallet or suspense."""

from typing import Any

from transactions.ledger import services as ledger
from transactions.ledger.kinds import Kind
from transactions.wallets import services as wallets

from .models import Payment, Receipt, Suspense


def clearing(provider: str, currency: str) -> int:
    """What the provider has of ours."""
    return ledger.account(Kind.CLEARING, provider, currency)


def suspense(provider: str, currency: str) -> int:
    """What is somebody's, and we do not know whose."""
    return ledger.account(Kind.SUSPENSE, provider, currency)


def credit_receipt(row: Receipt, wallet: Any, source: int | None = None) -> int:
    """The wallet gets a receipt's money; returns the transfer.

    Args:
        source: the account that the money came into; None: what the provider has of ours.
    """
    key = f"receipt:{row.provider}:{row.receipt}"
    return _top_up(wallet, row, key=key, reason=row.receipt, source=source)


def credit_payment(payment: Payment, wallet: Any) -> int:
    """The wallet gets a payment's money before its receipt is known; returns the transfer."""
    key = f"payment:{payment.public_id}:{payment.provisionals}"
    return _top_up(wallet, payment, key=key, reason=payment.checkout_id or "")


def credit_suspense(found: Suspense, wallet: Any) -> int:
    """The wallet gets what was in suspense; returns the transfer."""
    row = found.receipt
    source = suspense(row.provider, row.currency)
    key = f"suspense:{found.public_id}"
    return wallets.top_up(
        wallet, row.amount_micro, source=source, channel=row.provider, key=key, reason=row.receipt
    ).transfer


def into_suspense(row: Receipt) -> int:
    """A receipt's money waits for its owner; returns the transfer."""
    entries = [
        (clearing(row.provider, row.currency), -row.amount_micro),
        (suspense(row.provider, row.currency), row.amount_micro),
    ]
    key = f"receipt:{row.provider}:{row.receipt}"
    return ledger.post(f"suspense.{row.provider}", entries, key=key, reason=row.receipt).transfer


def out_of_suspense(found: Suspense) -> int:
    """A receipt's money was credited before, without its receipt; returns the transfer."""
    row = found.receipt
    entries = [
        (suspense(row.provider, row.currency), -row.amount_micro),
        (clearing(row.provider, row.currency), row.amount_micro),
    ]
    key = f"suspense:{found.public_id}"
    return ledger.post(f"suspense.{row.provider}", entries, key=key, reason=row.receipt).transfer


def fee(row: Receipt, fee_micro: int) -> int:
    """What the provider kept of a receipt is a cost of ours; returns the transfer."""
    entries = [
        (clearing(row.provider, row.currency), fee_micro),
        (ledger.account(Kind.FEES, row.provider, row.currency), -fee_micro),
    ]
    key = f"fee:{row.provider}:{row.receipt}"
    return ledger.post(f"fee.{row.provider}", entries, key=key, reason=row.receipt).transfer


def take_back(payment: Payment, wallet: Any) -> int:
    """A provisional credit turned out to be a receipt's that was credited as well.

    Raises InsufficientFunds: the wallet has spent it.
    """
    entries = [
        (wallet.account_id, -payment.amount_micro),
        (clearing(payment.provider, payment.currency), payment.amount_micro),
    ]
    key = f"payment:{payment.public_id}:{payment.provisionals}:back"
    posted = ledger.post(
        f"reversal.{payment.provider}",
        entries,
        key=key,
        reason="paid twice",
        reverses=payment.provisional_id,
    )
    return posted.transfer


def _top_up(
    wallet: Any, row: Payment | Receipt, *, key: str, reason: str, source: int | None = None
) -> int:
    taken = clearing(row.provider, row.currency) if source is None else source
    done = wallets.top_up(
        wallet, row.amount_micro, source=taken, channel=row.provider, key=key, reason=reason
    )
    return done.transfer
