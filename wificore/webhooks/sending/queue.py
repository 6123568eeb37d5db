"""Which endpoints a runner has, and what is due for them.

A runner sends for the endpoints that it leased, and no other runner does meanwhile: no delivery
is under way twice, and never more than a few requests at a time reach one server.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone

from ..models import Delivery, Endpoint
from ..selectors import due, endpoints, idle, pending, speaking, waiting

# Of one tenant at a time: one that works, and one that waits for its last answers.
MAX_RUNNERS = 2


class Hold:
    """One runner's leases. Those of a runner that died end by themselves."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(16)
        self._lease = timedelta(seconds=settings.WEBHOOKS.lease_s)

    def take(self) -> int:
        """Lease whatever endpoint has something due and no runner; returns how many.

        None while others send for this tenant: it may not have all processes for itself.
        """
        others = Endpoint.objects.filter(leased_until__gt=Now()).exclude(run=self.name)
        if others.values("run").distinct().count() >= MAX_RUNNERS:
            return 0
        until = Now() + self._lease
        return sum(
            idle().filter(pk=key).update(run=self.name, leased_until=until)
            for key in waiting().values_list("pk", flat=True)
        )

    def mine(self) -> list[Endpoint]:
        """The leased endpoints that may be sent to now, as the database has them."""
        held = speaking().filter(run=self.name, leased_until__gt=Now()).values("pk")
        return list(endpoints().filter(pk__in=held).order_by("pk"))

    def renew(self) -> None:
        Endpoint.objects.filter(run=self.name).update(leased_until=Now() + self._lease)

    def release(self, *, but: Collection[int] = ()) -> None:
        """Give the endpoints back, but those."""
        rows = Endpoint.objects.filter(run=self.name).exclude(pk__in=list(but))
        rows.update(run="", leased_until=None)


def next_of(endpoint: Endpoint, count: int, under_way: Collection[int]) -> list[Delivery]:
    """What is due for it, the longest waiting first, without what is under way."""
    rows = due().filter(endpoint_id=endpoint.pk).exclude(pk__in=list(under_way))
    return list(rows.order_by("due_at", "pk")[:count])


def is_waiting() -> bool:
    return waiting().exists()


def next_due() -> datetime | None:
    """When something can be sent next; None: nothing is pending."""
    times = (_first(key, quiet) for key, quiet in _quiet())
    return min((time for time in times if time is not None), default=None)


def _quiet() -> list[tuple[int, datetime]]:
    """Idle and enabled endpoints, and when they may be sent to."""
    rows = Endpoint.objects.filter(enabled=True, run="").values_list("pk", "quiet_until")
    return [(key, quiet or timezone.now()) for key, quiet in rows]


def _first(endpoint: int, quiet: datetime) -> datetime | None:
    first = pending().filter(endpoint_id=endpoint).aggregate(at=Min("due_at"))["at"]
    return None if first is None else max(first, quiet)
