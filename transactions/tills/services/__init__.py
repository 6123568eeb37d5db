"""Writes of tills."""

from .approvals import refund_approve, refund_ask, refund_decline
from .days import day_close
from .refunds import sale_refund
from .sales import Terms, sale_make
from .shifts import shift_close, shift_open
from .topups import cash_top_up
from .vouchers import voucher_sale_make

__all__ = [
    "Terms",
    "cash_top_up",
    "day_close",
    "refund_approve",
    "refund_ask",
    "refund_decline",
    "sale_make",
    "sale_refund",
    "shift_close",
    "shift_open",
    "voucher_sale_make",
]
