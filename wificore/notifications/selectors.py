"""Reads: a person's inbox, preferences, what went out, work."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from wificore.access.checks import visible
from wificore.access.decide import Ceiling, Subject, decide

from .models import (
    Delivery,
    DeliveryState,
    Notification,
    Preference,
    SmsDay,
    SmsSettings,
    Task,
    TaskState,
)

AT_ONCE = 500


def inbox(user_id: int | None) -> QuerySet[Notification]:
    """What this person was told; nobody (a support session) was told nothing."""
    return Notification.objects.filter(user_id=user_id) if user_id else Notification.objects.none()


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """How many each of them has not read; 0 is among the answers."""
    ids = list(user_ids)
    rows = Notification.objects.filter(user_id__in=ids, read_at=None).order_by()
    counted = rows.values_list("user_id").annotate(number=Count("pk"))
    return {**dict.fromkeys(ids, 0), **dict(counted)}


def deliveries_due() -> list[Delivery]:
    """What should be on its way by now, the oldest first."""
    waiting = Delivery.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.HELD])
    due = waiting.filter(due_at__lte=timezone.now()).select_related("notification")
    return list(due.order_by("due_at")[:AT_ONCE])


def deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("notification")


def sms_sent_today() -> int:
    """Texts of this UTC day."""
    today = datetime.now(UTC).date()
    return SmsDay.objects.filter(day=today).values_list("sent", flat=True).first() or 0


def is_report_token(token: str) -> bool:
    """Is it the secret of the active tenant's delivery reports?"""
    stored = SmsSettings.objects.filter(pk=1).values_list("report_digest", flat=True).first()
    given = hashlib.sha256(token.encode()).hexdigest()
    return bool(stored) and hmac.compare_digest(str(stored), given)


def tasks(subject: Subject, token: Ceiling | None = None) -> QuerySet[Task]:
    """Tasks about what this subject may see, at the sites in its scope."""
    rows = visible(Task.objects.select_related("claimed_by"), subject, "site_id")
    codes = Task.objects.order_by().values_list("code", flat=True).distinct()
    return rows.filter(code__in=[c for c in codes if decide(subject, token, c).allowed])


def work_waiting(now: datetime) -> list[Task]:
    """Tasks that nobody has claimed in time, the longest waiting first."""
    rows = Task.objects.filter(state=TaskState.OPEN, escalate_at__lte=now)
    return list(rows.order_by("escalate_at")[:AT_ONCE])


def tasks_at(site: int) -> bool:
    """Does work wait at this site?"""
    return Task.objects.filter(site_id=site).exclude(state=TaskState.DONE).exists()


def preferences(user_ids: Iterable[int]) -> dict[int, Preference]:
    """Each one's, stored or by default."""
    ids = list(user_ids)
    stored = {row.user_id: row for row in Preference.objects.filter(user_id__in=ids)}
    return {key: stored.get(key) or Preference(user_id=key) for key in ids}
