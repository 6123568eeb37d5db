"""Writes of tills."""

from .days import day_close
from .sales import Terms, sale_make, sale_refund
from .shifts import shift_close, shift_open
from .topups import cash_top_up
from .vouchers import voucher_sale_make

__all__ = [
    "Terms",
    "cash_top_up",
    "day_close",
    "sale_make",
    "sale_refund",
    "shift_close",
    "shift_open",
    "voucher_sale_make",
]
