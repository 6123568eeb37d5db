"""What Paystack posts to us: events, signed with HMAC-SHA512 over the raw body."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..provider import Arrival, Door, Outcome, Unreadable, Unsigned

HEADER = "X-Paystack-Signature"
SUCCESS = "charge.success"
# Its amounts are in hundredths: 100 kobo, pesewas or cents are a whole unit.
MICRO_OF_HUNDREDTH = 10_000
MAX_REF = 100
FAILED = frozenset({"failed", "reversed"})
# The payer may still come back to the page.
WAITING = frozenset({"abandoned", "ongoing", "pending", "processing", "queued"})

Json = Mapping[str, Any]


class Reader:
    """Understands events, and knows whose they are by the account's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        wanted = signature(self._key, body).encode()
        given = headers.get(HEADER, "").lower().encode(errors="replace")
        if not self._key or not hmac.compare_digest(wanted, given):
            raise Unsigned("The signature is not Paystack's.")

    def read(self, door: Door, body: bytes) -> Arrival:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("The body is not JSON.") from None
        data = content.get("data") if isinstance(content, dict) else None
        if not isinstance(data, dict):
            raise Unreadable("data must be an object.")
        if content.get("event") != SUCCESS:
            reference = _text(data.get("reference"))
            return Arrival(Outcome.WAITING, checkout_id=reference, code=_text(content.get("event")))
        return charge(data)


def signature(secret_key: str, body: bytes) -> str:
    """What the header must say."""
    return hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()


def refs(body: bytes) -> tuple[str, str]:
    """Reference and receipt that a body names; never raises."""
    try:
        content = json.loads(body)
        data = content["data"]
        return _text(data.get("reference")), _text(data.get("id"))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return "", ""


def charge(data: Json) -> Arrival:
    """A charge as events and answers tell it; its `id` is the receipt. Raises Unreadable."""
    reference, number = _text(data.get("reference")), _text(data.get("id"))
    status = _text(data.get("status"))
    if not reference or not status:
        raise Unreadable("reference and status must be there.")
    if status == "success":
        outcome = Outcome.PAID if number else Outcome.UNKNOWN
    elif status in FAILED:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.WAITING if status in WAITING else Outcome.UNKNOWN
    return Arrival(
        outcome,
        receipt=number if outcome == Outcome.PAID else "",
        amount_micro=_micro(data.get("amount")),
        currency=_text(data.get("currency")),
        checkout_id=reference,
        happened_at=_time(data.get("paid_at")),
        code=status,
        text=_text(data.get("gateway_response")),
        fee_micro=_micro(data.get("fees")),
    )


def _micro(value: Any) -> int | None:
    """None: it is not there, or no amount."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value * MICRO_OF_HUNDREDTH


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\0", "").strip()[:MAX_REF]
