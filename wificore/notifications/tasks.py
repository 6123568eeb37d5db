"""Background work of notifications."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import InterfaceError, OperationalError

from wificore.kernel.queues import OUTBOUND_QUEUE
from wificore.kernel.tasks import tenant_task

from .incident import incident_of
from .models import DeliveryState
from .routing import people
from .selectors import deliveries_due
from .sending import send
from .services import deliveries_recover, notifications_create, task_open, tasks_end

# A mail server and an SMS provider have half a minute each.
SEND_S, GRACE_S = 90, 30
AWAY = (OperationalError, InterfaceError)


@tenant_task(autoretry_for=AWAY, retry_backoff=2, retry_backoff_max=600, max_retries=20)
def notify(event_id: int, event_type: str, subject: str, payload: Mapping[str, Any]) -> None:
    """Tell whom it concerns; harmless to repeat."""
    incident = incident_of(
        event_id=event_id, event_type=event_type, subject=subject, payload=payload
    )
    if incident is None:
        return  # sent by another release, which had this kind
    for delivery in notifications_create(incident=incident, people=people(incident)):
        deliver.enqueue([delivery.pk])
    tasks_end(incident=incident)
    task_open(incident=incident)


@tenant_task(queue=OUTBOUND_QUEUE, soft_time_limit=SEND_S, time_limit=SEND_S + GRACE_S)
def deliver(ids: Sequence[int]) -> None:
    """Send these deliveries in one message; harmless to repeat, for they are claimed."""
    send(ids)


def deliveries_send() -> None:
    """Send what is due: what waited for the morning, another try, or a lost message's (beat)."""
    deliveries_recover()
    due = deliveries_due()
    for row in due:
        if row.state == DeliveryState.QUEUED:
            deliver.enqueue([row.pk])
    held = [row for row in due if row.state == DeliveryState.HELD]
    key = attrgetter("notification.user_id", "channel")
    for _, rows in groupby(sorted(held, key=key), key):
        deliver.enqueue([row.pk for row in rows])
