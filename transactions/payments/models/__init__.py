"""Tables of payments."""

from .accounts import MpesaAccount, PaystackAccount
from .inbox import InboxDoor, InboxMessage, InboxOutcome
from .payments import Payment, PaymentState, Receipt, ReceiptState, Suspense

__all__ = [
    "InboxDoor",
    "InboxMessage",
    "InboxOutcome",
    "MpesaAccount",
    "Payment",
    "PaymentState",
    "PaystackAccount",
    "Receipt",
    "ReceiptState",
    "Suspense",
]
