"""Writes: what people are told. The machine's own book-keeping: events, but no audit."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from wificore.access.models import User
from wificore.access.models.organisation import Severity
from wificore.kernel.events import publish, publish_many

from ..choices import channels, waits_until
from ..incident import Incident
from ..models import Channel, Delivery, DeliveryState, Notification, Preference
from ..models.inbox import TEXT_CHARS
from ..selectors import inbox, preferences, unread_counts
from ..ways import address_of, ways_open

KEEP = timedelta(days=90)


def notifications_create(*, incident: Incident, people: Collection[User]) -> list[Delivery]:
    """Tell each of these people once, in their own language, by the ways they chose.

    Whoever was told of this event already is left out, so that it is harmless to repeat.

    Returns:
        What is to be sent now, by id.
    """
    chosen = preferences(user.pk for user in people)
    open_ways = ways_open()
    fresh: list[Notification] = []
    leaving: list[Delivery] = []
    with transaction.atomic():
        for user in people:
            row = _told(incident, user, chosen[user.pk])
            if row is not None:
                fresh.append(row)
                leaving += _deliveries(incident, row, user, chosen[user.pk], open_ways)
        Delivery.objects.bulk_create(leaving)
        _announce(fresh)
    return [row for row in leaving if row.state == DeliveryState.QUEUED]


def inbox_read(*, user_id: int, ids: Iterable[int] | None = None) -> int:
    """Mark one's own as read, all of them if none are named; returns how many were not."""
    rows = inbox(user_id).filter(read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    with transaction.atomic():
        count = rows.update(read_at=timezone.now())
        if count:
            told = {"user_id": user_id, "read": count, "unread": unread_counts([user_id])[user_id]}
            publish("notification.read", told, subject=str(user_id))
    return count


def notifications_forget() -> dict[str, int]:
    """Delete what is older than 90 days, and how it went out (beat, daily)."""
    old = Notification.objects.filter(created_at__lt=timezone.now() - KEEP)
    count, _ = old.delete()
    return {"deleted": count}


def _told(incident: Incident, user: User, preference: Preference) -> Notification | None:
    """A new row, None if the person was told already."""
    said = incident.words(preference.language)
    row, created = Notification.objects.get_or_create(
        event_id=incident.event_id,
        user_id=user.pk,
        defaults={
            "event_type": incident.kind.event_type,
            "severity": incident.kind.severity,
            "title": said.title,
            "text": said.text[:TEXT_CHARS],
            "link": incident.link,
            "site_id": incident.site,
            "created_at": timezone.now(),
        },
    )
    return row if created else None


def _deliveries(
    incident: Incident,
    row: Notification,
    user: User,
    preference: Preference,
    open_ways: Collection[Channel],
) -> list[Delivery]:
    severity = incident.kind.severity
    later = waits_until(preference, severity, row.created_at, incident.zone)
    return [
        Delivery(
            notification=row,
            channel=channel,
            address=address,
            state=DeliveryState.QUEUED if later is None else DeliveryState.HELD,
            due_at=later or row.created_at,
            created_at=row.created_at,
        )
        for channel in channels(preference, incident.kind.event_type, severity)
        if channel in open_ways and (address := address_of(user, channel))
    ]


def _announce(rows: list[Notification]) -> None:
    unread = unread_counts({row.user_id for row in rows})
    told = [(str(row.pk), _told_of(row, unread[row.user_id])) for row in rows]
    publish_many("notification.created", told)


def _told_of(row: Notification, unread: int) -> dict[str, Any]:
    """The payload of `notification.created`, for the person's own channel."""
    return {
        "id": row.pk,
        "user_id": row.user_id,
        "kind": row.event_type,
        "severity": str(Severity(row.severity).label),
        "title": row.title,
        "text": row.text,
        "link": row.link,
        "site": row.site_id,
        "created_at": row.created_at,
        "unread": unread,
    }
