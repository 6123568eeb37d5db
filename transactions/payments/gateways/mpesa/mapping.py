"""Daraja's codes, times, amounts and numbers in our words."""

import base64
import hashlib
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ..provider import Outcome

# Daraja writes times without a zone: East Africa's, which has no summer time.
EAT = timezone(timedelta(hours=3))
MICRO = 1_000_000
STAMP = "%Y%m%d%H%M%S"
MAX_AMOUNT_MICRO = 10**15
RECEIPT = re.compile(r"[A-Z0-9]{4,20}")

# M-Pesa Express, result codes: the payer did not pay, and this request will not be paid any more.
# A code that is not here says nothing for certain.
FAILED = {
    "1": "The payer has not enough money.",
    "2": "The amount is below M-Pesa's least.",
    "3": "The amount is above M-Pesa's most.",
    "4": "The payer's limit of the day is reached.",
    "8": "The receiving account's limit is reached.",
    "17": "The same amount was asked of this payer within two minutes.",
    "1019": "The request has expired.",
    "1025": "The prompt could not be sent.",
    "1032": "The payer cancelled.",
    "1037": "The payer's phone was not reached.",
    "2001": "The payer typed a wrong PIN.",
    "2028": "The short code or the kind of transaction in the settings is wrong.",
    "8006": "The payer's PIN is locked.",
    "SFC_IC0003": "The short code or the kind of transaction in the settings is wrong.",
}
PAID = "0"
# A status query that came too early.
WAITING = "4999"
# Errors of the interface.
PROCESSING = "500.001.1001"
PROCESSING_TEXT = "being processed"
BAD_TOKEN = frozenset({"404.001.03", "401.001", "401.002.01"})


def outcome(code: str) -> Outcome:
    """What a result code says; one that we do not know is unknown, never failed."""
    if code == PAID:
        return Outcome.PAID
    if code == WAITING:
        return Outcome.WAITING
    return Outcome.FAILED if code in FAILED else Outcome.UNKNOWN


def password(shortcode: str, passkey: str, stamp: str) -> str:
    """base64(shortcode + passkey + timestamp)."""
    return base64.b64encode(f"{shortcode}{passkey}{stamp}".encode()).decode()


def stamp(moment: datetime) -> str:
    return moment.astimezone(EAT).strftime(STAMP)


def time_of(value: Any) -> datetime | None:
    """`20191219102115`, `2020-08-05T10:13:00Z`, `2020-08-05 10:13:00`; None: no time."""
    text = str(value or "").strip()
    try:
        if text.isascii() and text.isdigit():
            return datetime.strptime(text, STAMP).replace(tzinfo=EAT)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=EAT)


def micro(value: Any) -> int | None:
    """An amount in whole units as Daraja writes it (1.00, "5.00", 10); None: it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(value).strip()) * MICRO
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > MAX_AMOUNT_MICRO or amount != int(amount):
        return None
    return int(amount)


def receipt(value: Any) -> str:
    """A receipt as we keep it; empty: it is none."""
    text = str(value or "").strip().upper()
    return text if RECEIPT.fullmatch(text) else ""


def plain_phone(e164: str) -> str:
    """2547.., without the plus."""
    return e164.lstrip("+")


def same_payer(phone: str, given: str) -> bool:
    """Whether this number, perhaps masked or hashed, is the phone's.

    Args:
        phone: E.164.
        given: 254708374149, 25470****149, 2547 ***** 126, 708374149, or SHA-256 in hex (C2B v2).
    """
    digits, shown = plain_phone(phone), re.sub(r"[\s+-]", "", given).lower()
    if not digits or not shown:
        return False
    if re.fullmatch(r"[0-9a-f]{64}", shown):
        return hashlib.sha256(digits.encode()).hexdigest() == shown
    if "*" not in shown:
        return len(shown) >= 9 and digits.endswith(shown.removeprefix("0"))
    head, _, rest = shown.partition("*")
    tail = rest.rpartition("*")[2]
    return bool(head or tail) and digits.startswith(head) and digits.endswith(tail)


def masked(payer: str) -> str:
    """A number that may be shown: 2547****149."""
    shown = re.sub(r"[\s+-]", "", payer)
    if re.fullmatch(r"[0-9a-f]{64}", shown):
        return ""
    return shown if "*" in shown or len(shown) < 8 else f"{shown[:5]}****{shown[-3:]}"
