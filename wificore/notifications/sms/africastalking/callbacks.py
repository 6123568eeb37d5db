"""Delivery reports: a form with id, status, phoneNumber, networkCode, failureReason."""

from collections.abc import Mapping

from ...models import DeliveryState
from ..provider import Report

FINAL = {
    "Success": DeliveryState.DELIVERED,
    "Failed": DeliveryState.FAILED,
    "Rejected": DeliveryState.FAILED,
    "AbsentSubscriber": DeliveryState.FAILED,
    "Expired": DeliveryState.FAILED,
}
REASON_CHARS = 100


def report(form: Mapping[str, str]) -> Report | None:
    """None: it is on its way (Sent, Submitted, Buffered), or the form is not theirs."""
    provider_id, status = form.get("id", ""), form.get("status", "")
    if not provider_id or status not in FINAL:
        return None
    state = FINAL[status]
    reason = form.get("failureReason", "") or status
    failed = state == DeliveryState.FAILED
    return Report(provider_id[:100], state, reason[:REASON_CHARS] if failed else "")
