"""What a provider keeps of the money that it brings: told in its message, or by its tariff.

A tariff is a list of bands; the last one that begins at or below an amount is the amount's:

    [{"from_micro": 0, "fixed_micro": 0, "bp": 0, "most_micro": null},
     {"from_micro": 201_000_000, "fixed_micro": 0, "bp": 55, "most_micro": 200_000_000}]

M-Pesa names no fee in its messages and has many tariffs, so each account says its own; Paystack
names the fee of each charge.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import Invalid

WHOLE = 10_000
MAX_BANDS = 40

Band = Mapping[str, Any]


def fee_of(amount_micro: int, bands: Sequence[Band]) -> int:
    """The tariff's fee for an amount, in micro-units, rounded down; 0 below the first band."""
    found = [band for band in bands if band["from_micro"] <= amount_micro]
    if not found:
        return 0
    band = max(found, key=lambda one: int(one["from_micro"]))
    fee = int(band["fixed_micro"]) + amount_micro * int(band["bp"]) // WHOLE
    most = band.get("most_micro")
    return min(fee, amount_micro if most is None else int(most), amount_micro)


def check_bands(bands: Sequence[Band]) -> None:
    """Raises Invalid: too many, or two begin at the same amount."""
    if len(bands) > MAX_BANDS:
        raise Invalid(f"At most {MAX_BANDS} bands.", field="fee_bands")
    if len({band["from_micro"] for band in bands}) < len(bands):
        raise Invalid("Two bands begin at the same amount.", field="fee_bands")
