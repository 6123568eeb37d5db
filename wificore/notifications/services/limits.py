"""Writes: how many texts leave in a day, so that a loop cannot burn money."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F

from wificore.kernel.events import publish

from ..models import SmsDay


def sms_take(*, limit: int) -> bool:
    """Count one more text of this UTC day; False: there are too many already.

    The one that reaches the limit tells so, once a day.
    """
    today = datetime.now(UTC).date()
    with transaction.atomic():
        SmsDay.objects.get_or_create(day=today)
        taken = SmsDay.objects.filter(day=today, sent__lt=limit).update(sent=F("sent") + 1)
        if taken and SmsDay.objects.filter(day=today, sent=limit).exists():
            told = {"day": today.isoformat(), "limit": limit}
            publish("sms.limited", told, subject=today.isoformat())
    return bool(taken)


def sms_return() -> None:
    """The text that was counted last did not leave."""
    today = datetime.now(UTC).date()
    SmsDay.objects.filter(day=today, sent__gt=0).update(sent=F("sent") - 1)
