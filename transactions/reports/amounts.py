"""Micro-units as people write amounts."""

from decimal import Decimal

UNIT = 1_000_000
CENTS = 2


def units(micro: int) -> str:
    """`1234567890` is 1234.56789, and `50000000` is 50.00: exact, at least two decimals."""
    whole, rest = divmod(abs(micro), UNIT)
    decimals = f"{rest:06}".rstrip("0").ljust(CENTS, "0")
    return f"{'-' if micro < 0 else ''}{whole}.{decimals}"


def spaced(micro: int) -> str:
    """The same with commas between thousands, for pages."""
    return f"{Decimal(units(micro)):,f}"
