"""Telephone numbers in one form: E.164, `+254712345678` (ITU-T E.164: at most 15 digits)."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError

E164 = re.compile(r"\+[1-9][0-9]{7,14}")
# What people type between the digits.
DECORATION = re.compile(r"[\s().\-\u2010-\u2015\u00a0]")
RULE = "Use a number with its country code, for example +254712345678."


def normalised(text: str, country: str | None = None) -> str:
    """The number in E.164; empty for an empty text.

    `0712 345 678`, `00254 712 345 678` and `254712345678` are all +254712345678 in Kenya.

    Args:
        country: the country code of numbers that have none; default: PHONE_COUNTRY.

    Raises:
        ValueError: it is no telephone number.
    """
    plain = DECORATION.sub("", text)
    if not plain:
        return ""
    country = country or settings.PHONE_COUNTRY
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif plain.startswith("0"):
        plain = f"+{country}{plain[1:]}"
    elif plain.startswith(country):
        plain = f"+{plain}"
    if not E164.fullmatch(plain):
        raise ValueError(RULE)
    return plain


def check_e164(value: str) -> None:
    """A model field's validator, for numbers that are normalised already."""
    if value and not E164.fullmatch(value):
        raise ValidationError(RULE)
