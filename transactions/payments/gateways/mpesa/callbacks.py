"""What Daraja posts to us: STK callbacks, C2B confirmations and validations, rows of a pull."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..provider import Arrival, Door, Outcome, Unreadable
from . import mapping

CURRENCY = "KES"
Json = Mapping[str, Any]


class Reader:
    """Daraja signs nothing: the secret token in the URL and the address are all there is."""

    def read(self, door: Door, body: bytes) -> Arrival:
        content = document(body)
        return stk(content) if door == Door.STK else c2b(content)

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        return None


def document(body: bytes) -> Json:
    """The JSON object in the body. Raises Unreadable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable("The body is not a JSON object.")
    return found


def stk(content: Json) -> Arrival:
    """An STK callback; a success that names no receipt is UNKNOWN. Raises Unreadable."""
    callback = _inner(_inner(content, "Body"), "stkCallback")
    checkout = _text(callback.get("CheckoutRequestID"))
    code = _text(callback.get("ResultCode"))
    if not checkout or not code:
        raise Unreadable("CheckoutRequestID and ResultCode must be there.")
    text = _text(callback.get("ResultDesc"))
    result = mapping.outcome(code)
    if result != Outcome.PAID:
        return Arrival(result, checkout_id=checkout, code=code, text=text)
    items = _items(callback)
    receipt = mapping.receipt(items.get("MpesaReceiptNumber"))
    return Arrival(
        Outcome.PAID if receipt else Outcome.UNKNOWN,
        receipt=receipt,
        amount_micro=mapping.micro(items.get("Amount")),
        currency=CURRENCY,
        payer=_text(items.get("PhoneNumber")),
        happened_at=mapping.time_of(items.get("TransactionDate")),
        checkout_id=checkout,
        code=code,
        text=text,
    )


def c2b(content: Json) -> Arrival:
    """A C2B confirmation or validation. Raises Unreadable: it names no receipt."""
    receipt = mapping.receipt(content.get("TransID"))
    if not receipt:
        raise Unreadable("TransID must be there.")
    return Arrival(
        Outcome.PAID,
        receipt=receipt,
        amount_micro=mapping.micro(content.get("TransAmount")),
        currency=CURRENCY,
        account_ref=_text(content.get("BillRefNumber")),
        payer=_text(content.get("MSISDN")),
        happened_at=mapping.time_of(content.get("TransTime")),
        account=_text(content.get("BusinessShortCode")),
    )


@dataclass(frozen=True, slots=True)
class Reversed:
    """The result of a reversal.

    Attributes:
        receipt: that was to be reversed; empty: not said, as with a refusal.
    """

    conversation: str
    receipt: str
    code: str
    text: str


def reversal(content: Json) -> Reversed:
    """What became of a reversal. Raises Unreadable."""
    result = _inner(content, "Result")
    code, conversation = (_text(result.get(n)) for n in ("ResultCode", "OriginatorConversationID"))
    if not code or not conversation:
        raise Unreadable("ResultCode and OriginatorConversationID must be there.")
    about = result.get("ResultParameters")
    rows = about.get("ResultParameter") if isinstance(about, dict) else None
    found = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    named = {str(row.get("Key")): row.get("Value") for row in found}
    receipt = mapping.receipt(named.get("OriginalTransactionID"))
    return Reversed(conversation, receipt, code, _text(result.get("ResultDesc")))


def pulled(row: Json) -> Arrival:
    """One row of a pull. Raises Unreadable."""
    receipt = mapping.receipt(row.get("transactionId"))
    if not receipt:
        raise Unreadable("transactionId must be there.")
    return Arrival(
        Outcome.PAID,
        receipt=receipt,
        amount_micro=mapping.micro(row.get("amount")),
        currency=CURRENCY,
        account_ref=_text(row.get("billreference")),
        payer=_text(row.get("msisdn")),
        happened_at=mapping.time_of(row.get("trxDate")),
    )


def refs(body: bytes) -> tuple[str, str]:
    """Checkout id and receipt that a body names, so that it is found again; never raises."""
    try:
        content = document(body)
        arrival = stk(content) if "Body" in content else c2b(content)
    except Unreadable:
        return "", ""
    return arrival.checkout_id[:MAX_REF], arrival.receipt[:MAX_REF]


MAX_REF = 100


def _items(callback: Json) -> dict[str, Any]:
    """CallbackMetadata.Item by name; `Balance` comes without a Value."""
    metadata = callback.get("CallbackMetadata")
    items = metadata.get("Item") if isinstance(metadata, dict) else None
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {str(row.get("Name")): row.get("Value") for row in rows}


def _inner(content: Json, name: str) -> Json:
    found = content.get(name)
    if not isinstance(found, dict):
        raise Unreadable(f"{name} must be an object.")
    return found


def _text(value: Any) -> str:
    """A word or a number as text without NUL, of bounded length."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\0", "").strip()[:MAX_REF]
