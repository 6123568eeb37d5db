"""An event becomes a row for each endpoint that asked for it and may see it."""

import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from wificore.kernel.db.context import current
from wificore.kernel.events import Event

from ..acting import viewer
from ..filters import matches
from ..models import Delivery, Endpoint
from ..selectors import endpoints

TESTED = "webhook.tested"


def fan_out(event: Event) -> list[int]:
    """Store the event's deliveries, once however often it is offered.

    Returns:
        The ids of the endpoints that it is for.
    """
    chosen = [endpoint for endpoint in endpoints().filter(enabled=True) if _is_for(endpoint, event)]
    if chosen:
        with transaction.atomic():
            Delivery.objects.bulk_create(_rows(event, chosen), ignore_conflicts=True)
    return [endpoint.pk for endpoint in chosen]


def may_see(endpoint: Endpoint, event: Event) -> bool:
    """Whether the endpoint's user may view what the event is about, now."""
    whose = viewer(endpoint)
    return whose is not None and whose.sees(event)


def body_of(event: Event) -> str:
    """What is sent: one line of JSON."""
    content = {
        "id": str(event.id),
        "type": event.type,
        "timestamp": event.occurred_at,
        "seq": event.seq,
        "subject": event.subject,
        "data": event.payload,
    }
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def event_of(delivery: Delivery) -> Event:
    """The event as its body tells it."""
    content = json.loads(delivery.body)
    return Event(
        id=delivery.event_id,
        schema=current().schema,
        seq=content["seq"],
        type=delivery.type,
        subject=content["subject"],
        payload=content["data"],
        occurred_at=delivery.event_at,
    )


def _is_for(endpoint: Endpoint, event: Event) -> bool:
    if event.type == TESTED:
        return str(endpoint.pk) == event.subject
    return matches(endpoint.event_types, event.type) and may_see(endpoint, event)


def _rows(event: Event, chosen: Iterable[Endpoint]) -> list[Delivery]:
    body = body_of(event)
    return [
        Delivery(
            event_at=event.occurred_at,
            endpoint_id=endpoint.pk,
            event_id=event.id,
            type=event.type,
            body=body,
        )
        for endpoint in chosen
    ]
