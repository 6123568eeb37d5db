"""Reads: a person's inbox, preferences, what went out, work."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from .models import Notification, Preference


def inbox(user_id: int | None) -> QuerySet[Notification]:
    """What this person was told; nobody (a support session) was told nothing."""
    return Notification.objects.filter(user_id=user_id) if user_id else Notification.objects.none()


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """How many each of them has not read; 0 is among the answers."""
    ids = list(user_ids)
    rows = Notification.objects.filter(user_id__in=ids, read_at=None).order_by()
    counted = rows.values_list("user_id").annotate(number=Count("pk"))
    return {**dict.fromkeys(ids, 0), **dict(counted)}


def preferences(user_ids: Iterable[int]) -> dict[int, Preference]:
    """Each one's, stored or by default."""
    ids = list(user_ids)
    stored = {row.user_id: row for row in Preference.objects.filter(user_id__in=ids)}
    return {key: stored.get(key) or Preference(user_id=key) for key in ids}
