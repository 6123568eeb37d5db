"""Alarms of one schema: what is wrong is told when it begins and when it is over, each once.

    alarms_compare("alert.partitions", "alert.partitions_over", {"overdue": {"tables": [..]}})

Whoever watches something compares again and again; the row of `job_alarm` and the event are one
transaction, so that two watchers at the same moment tell it once as well (ADR 37).
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from wificore.kernel.events import publish

from .models import Alarm

Found = Mapping[str, Mapping[str, Any]]


def alarms_compare(begins: str, over: str, found: Found) -> int:
    """Publish what changed since the last look; returns how many alarms that were.

    Args:
        begins: the event that tells of a new alarm: `id`, `since` and what `found` says.
        over: the event that tells of its end: `id`, `since` and `minutes`.
        found: everything of this kind that is wrong now, by its name; `since` among the values
            says since when, if not since now. Other values are not told anew.
    """
    known = {row.name: row for row in Alarm.objects.filter(kind=begins)}
    began = sum(_begin(begins, name, found[name]) for name in sorted(found) if name not in known)
    ended = sum(_end(over, row) for name, row in sorted(known.items()) if name not in found)
    return began + ended


def _begin(event_type: str, name: str, values: Mapping[str, Any]) -> bool:
    with transaction.atomic():
        since = values.get("since", timezone.now())
        _, made = Alarm.objects.get_or_create(kind=event_type, name=name, defaults={"since": since})
        if made:
            publish(event_type, {"id": name, **values, "since": since}, subject=name)
    return made


def _end(event_type: str, row: Alarm) -> bool:
    with transaction.atomic():
        gone = bool(Alarm.objects.filter(kind=row.kind, name=row.name).delete()[0])
        if gone:
            minutes = int((timezone.now() - row.since).total_seconds() // 60)
            told = {"id": row.name, "since": row.since, "minutes": max(minutes, 0)}
            publish(event_type, told, subject=row.name)
    return gone
