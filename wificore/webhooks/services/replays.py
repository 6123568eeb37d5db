"""Writes: what has ended is sent again, with the same id and body."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from wificore.kernel.changes import announce
from wificore.kernel.day_ids import day_id

from ..models import Delivery, DeliveryState, Endpoint
from ..selectors import deliveries
from .endpoints import NotEnabled

AGAIN = {"state": DeliveryState.PENDING, "tries": 0, "finished_at": None, "error": ""}


class StillPending(NotEnabled):
    """It is being sent anyway."""


def delivery_replay(*, delivery: Delivery) -> Delivery:
    """Send one again, whether it was delivered or failed.

    Raises:
        NotEnabled: its endpoint is disabled or gone.
        StillPending: it is not over yet.
    """
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id).first()
    if endpoint is None or not endpoint.enabled:
        raise NotEnabled("Its endpoint is disabled or deleted: nothing is sent there.")
    with transaction.atomic():
        rows = Delivery.objects.filter(event_at=delivery.event_at, pk=delivery.pk)
        if not rows.exclude(state=DeliveryState.PENDING).update(due_at=Now(), **AGAIN):
            raise StillPending("It is still being sent.")
        told = {"deliveries": 1}
        number = day_id(delivery.event_at, delivery.pk)
        announce("webhook.replayed", endpoint.pk, new=told, reason=f"delivery {number}")
    return rows.get()


def deliveries_replay(*, endpoint: Endpoint, since: datetime, until: datetime) -> int:
    """Send again all that failed, of events in this time; returns how many.

    Raises:
        NotEnabled: the endpoint is disabled.
    """
    if not endpoint.enabled:
        raise NotEnabled("Enable the endpoint first.")
    with transaction.atomic():
        failed = deliveries(since=since, until=until).filter(state=DeliveryState.FAILED)
        count = failed.filter(endpoint_id=endpoint.pk).update(due_at=Now(), **AGAIN)
        reason = f"all that failed since {since.isoformat()}"
        announce("webhook.replayed", endpoint.pk, new={"deliveries": count}, reason=reason)
    return count
