"""Writes: what a provider kept of a receipt, once, in the transaction that takes the receipt."""

from transactions.payments import books
from transactions.payments.fees import fee_of
from transactions.payments.gateways.providers import MPESA, mpesa_account
from transactions.payments.models import Receipt, ReceiptState


def fee_book(*, row: Receipt, told_micro: int | None = None) -> int:
    """The fee in micro-units that was booked now: what the provider told, else its tariff's.

    A receipt's fee is booked when its money is, by whichever door it came first; 0: it was
    booked before, nobody knows it, or there is none.
    """
    if row.fee_micro is not None or row.state == ReceiptState.WAITING:
        return 0
    fee = _tariff(row) if told_micro is None else told_micro
    if fee is None:
        return 0
    if fee:
        books.fee(row, fee)
    row.fee_micro = fee
    row.save(update_fields=["fee_micro"])
    return fee


def _tariff(row: Receipt) -> int | None:
    bands = mpesa_account().fee_bands if row.provider == MPESA else []
    return fee_of(row.amount_micro, bands) if bands else None
