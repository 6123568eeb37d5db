"""Writes: how messages go out. Each step is one conditional UPDATE: no two workers send one.

queued --claim--> sending --sent--> sent --report--> delivered | failed
held  ----"           |---not now--> queued, due later; after ATTEMPTS: failed
                      |---never----> failed
                      `---worker died: mail is queued again, a text is perhaps sent
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from ..models import Channel, Delivery, DeliveryState
from ..models.inbox import ERROR_CHARS
from ..outcome import NotSent, Uncertain
from ..sms.provider import Report

LEASE = timedelta(minutes=5)
# The pause after each failed try but the last.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
ATTEMPTS = len(PAUSES) + 1
WAITING = (DeliveryState.QUEUED, DeliveryState.HELD)
REPORTED = (DeliveryState.SENT, DeliveryState.UNKNOWN)
DIED = "The worker died while it was sending; the message may have gone out."


def deliveries_claim(*, ids: Sequence[int]) -> list[Delivery]:
    """Those of them that are due and nobody else's; they are this worker's for five minutes."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(pk__in=ids, state__in=WAITING, due_at__lte=now)
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=keys).update(
            state=DeliveryState.SENDING, attempts=F("attempts") + 1, lease_until=now + LEASE
        )
    rows = Delivery.objects.filter(pk__in=keys).select_related("notification")
    return list(rows.order_by("pk"))


def deliveries_sent(*, rows: Sequence[Delivery], address: str, provider_id: str = "") -> None:
    """They left together, in one message."""
    _mine(rows).update(
        state=DeliveryState.SENT,
        sent_at=timezone.now(),
        address=address,
        provider_id=provider_id,
        error="",
        lease_until=None,
    )


def deliveries_failed(*, rows: Sequence[Delivery], error: NotSent) -> None:
    """They did not leave: there is another try, or there is none."""
    now = timezone.now()
    # What was one message stays one.
    together = DeliveryState.HELD if len(rows) > 1 else DeliveryState.QUEUED
    for row in rows:
        values: dict[str, object] = {"state": DeliveryState.FAILED}
        if isinstance(error, Uncertain):
            values = {"state": DeliveryState.UNKNOWN}
        elif error.again and row.attempts < ATTEMPTS:
            later = now + PAUSES[row.attempts - 1]
            values = {"state": together, "due_at": later}
        _mine([row]).update(**values, error=error.message[:ERROR_CHARS], lease_until=None)


def delivery_reported(*, report: Report) -> bool:
    """The provider's word on a text that left; False: there is none, or it is final already."""
    rows = Delivery.objects.filter(provider_id=report.provider_id, state__in=REPORTED)
    return bool(rows.update(state=report.state, error=report.error[:ERROR_CHARS]))


def deliveries_recover() -> int:
    """Look after what a worker left in the middle (beat, every minute); returns how many."""
    left = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=timezone.now())
    again = left.filter(channel=Channel.EMAIL).update(state=DeliveryState.QUEUED, lease_until=None)
    # A text costs money each time: nobody knows, so a person may look.
    lost = left.filter(channel=Channel.SMS).update(
        state=DeliveryState.UNKNOWN, error=DIED, lease_until=None
    )
    return again + lost


def _mine(rows: Sequence[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[row.pk for row in rows], state=DeliveryState.SENDING)
