"""Reads of payments."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from wificore.kernel.public_ids import is_public_id

from .models import InboxMessage, Payment, Receipt, ReceiptState, Suspense

MOST_LISTED = 500


def payments() -> QuerySet[Payment]:
    """All, each with its wallet."""
    return Payment.objects.select_related("wallet")


def payment_by_id(public_id: str) -> Payment | None:
    """The payment with an id of the API."""
    return payments().filter(public_id=public_id).first() if is_public_id(public_id) else None


def suspense() -> QuerySet[Suspense]:
    """What waits for its owner."""
    return Suspense.objects.select_related("receipt").filter(matched_at=None, returned_at=None)


def suspense_by_id(public_id: str) -> Suspense | None:
    """Matched or not."""
    rows = Suspense.objects.select_related("receipt")
    return rows.filter(public_id=public_id).first() if is_public_id(public_id) else None


def receipts() -> QuerySet[Receipt]:
    """All, each with its wallet."""
    return Receipt.objects.select_related("wallet")


def receipts_unverified() -> QuerySet[Receipt]:
    """Credited on the word of staff, not yet confirmed: the day close lists them."""
    return receipts().filter(unverified=True)


def inbox(ref: str = "") -> QuerySet[InboxMessage]:
    """Messages; with a reference, those that name this checkout id or receipt."""
    rows = InboxMessage.objects.all()
    if not ref:
        return rows
    return rows.filter(Q(checkout_id=ref) | Q(receipt=ref.strip().upper()))


def suspense_waiting() -> Iterator[tuple[datetime, int]]:
    """When money in suspense came, and how much: for the report."""
    rows = suspense().order_by("pk")
    yield from rows.values_list("receipt__received_at", "receipt__amount_micro")


def of_the_day(since: datetime, until: datetime) -> dict[str, Any]:
    """What a day's close says of payments: by provider, in suspense, and on staff's word alone."""
    came = Receipt.objects.filter(received_at__gte=since, received_at__lt=until).order_by()
    credited = came.filter(state=ReceiptState.CREDITED).values("provider")
    sums = credited.annotate(number=Count("*"), amount_micro=Sum("amount_micro"))
    waiting = Suspense.objects.filter(
        created_at__lt=until, matched_at=None, returned_at=None
    ).order_by()
    unverified = receipts_unverified().filter(received_at__lt=until).order_by("pk")
    return {
        "received": {
            row["provider"]: {"number": row["number"], "amount_micro": row["amount_micro"]}
            for row in sums
        },
        "suspense": waiting.count(),
        "unverified": list(unverified.values_list("receipt", flat=True)[:MOST_LISTED]),
    }
