"""Writes of payments."""

from ..crediting import Taken
from .accounts import mpesa_account_save, mpesa_callback_token, paystack_account_save
from .arrivals import arrival_take
from .inbox import inbox_done, inbox_forget, inbox_keep
from .payments import (
    payment_cash,
    payment_create,
    payment_refused,
    payment_sending,
    payment_sent,
    payment_unsure,
)
from .receipts import Typed, receipt_type
from .returns import return_ask, return_refused, return_sending, return_sent, return_take
from .suspense import suspense_match

__all__ = [
    "Taken",
    "Typed",
    "arrival_take",
    "inbox_done",
    "inbox_forget",
    "inbox_keep",
    "mpesa_account_save",
    "mpesa_callback_token",
    "payment_cash",
    "payment_create",
    "payment_refused",
    "payment_sending",
    "payment_sent",
    "payment_unsure",
    "paystack_account_save",
    "receipt_type",
    "return_ask",
    "return_refused",
    "return_sending",
    "return_sent",
    "return_take",
    "suspense_match",
]
