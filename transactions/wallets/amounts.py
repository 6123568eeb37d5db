"""Amounts that people pay in: whole units of the currency (API-CONTRACT 2)."""

from wificore.kernel.api.errors import DomainError

# A currency's unit in micro-units.
UNIT = 1_000_000
# More than anybody pays at once, and far less than what the books can count.
MAX_AMOUNT = 1_000_000_000 * UNIT


class AmountInvalid(DomainError):
    """An amount cannot be paid."""

    code = "validation_error"


def check_amount(amount_micro: int, *, field: str = "amount_micro") -> None:
    """Raises AmountInvalid: not whole units, or not from 1 to a thousand million of them."""
    if not 0 < amount_micro <= MAX_AMOUNT or amount_micro % UNIT:
        message = f"Give whole units above 0: a multiple of {UNIT}, at most {MAX_AMOUNT}."
        raise AmountInvalid(message, field=field)
