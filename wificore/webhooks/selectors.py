"""Reads: always with the week, so that partitions prune."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from wificore.kernel import day_ids
from wificore.kernel.crypto import decrypt

from .conf import KEEP_DAYS
from .models import Delivery, DeliveryState, Endpoint

# Whatever is still there: a partition may be kept for a week more.
LOOK_BACK = timedelta(days=KEEP_DAYS + 10)


def endpoints() -> QuerySet[Endpoint]:
    return Endpoint.objects.select_related("acts_for")


def deliveries(*, since: datetime, until: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(event_at__gte=since, event_at__lte=until)


def pending() -> QuerySet[Delivery]:
    recent = Delivery.objects.filter(event_at__gt=timezone.now() - LOOK_BACK)
    return recent.filter(state=DeliveryState.PENDING)


def due() -> QuerySet[Delivery]:
    return pending().filter(due_at__lte=Now())


def idle() -> QuerySet[Endpoint]:
    """Endpoints that may be sent to and that no runner has."""
    free = Q(leased_until=None) | Q(leased_until__lte=Now())
    return speaking().filter(free)


def speaking() -> QuerySet[Endpoint]:
    """Endpoints that may be sent to now."""
    return Endpoint.objects.filter(Q(quiet_until=None) | Q(quiet_until__lte=Now()), enabled=True)


def waiting() -> QuerySet[Endpoint]:
    """Idle endpoints for which something is due."""
    return idle().filter(Exists(due().filter(endpoint_id=OuterRef("pk"))))


def delivery_public_id(delivery: Delivery) -> str:
    return day_ids.day_id(delivery.event_at, delivery.pk)


def delivery_get(*, public_id: str) -> Delivery:
    """One delivery by its public id.

    Raises:
        Delivery.DoesNotExist: no such delivery, or not an id of ours.
    """

    def rows(start: datetime, end: datetime, number: int) -> QuerySet[Delivery]:
        return Delivery.objects.filter(event_at__gte=start, event_at__lt=end, id=number)

    return day_ids.look_up(Delivery, public_id, rows)


def signing_secrets(endpoint: Endpoint) -> list[str]:
    """The secrets that sign at this moment, the new one first."""
    sealed = [endpoint.sealed_secret]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > timezone.now():
        sealed.append(endpoint.sealed_old_secret)
    return [decrypt(text) for text in sealed]
