"""Listens to every event: deliveries are stored in the relay, and a worker is woken to send."""

import time
from collections.abc import Collection

from wificore.kernel import logging
from wificore.kernel.db.context import PUBLIC
from wificore.kernel.event_kinds import kinds
from wificore.kernel.events import Event, on_event
from wificore.kernel.tasks import BrokerAway

from .selectors import endpoints, idle
from .sending.fan_out import fan_out
from .sending.queue import is_waiting
from .tasks import send_due

log = logging.get(__name__)

REMEMBERED_S = 30.0
# By tenant: whether it has an enabled endpoint, and until when that is believed.
_any: dict[str, tuple[bool, float]] = {}


def deliver(event: Event) -> None:
    """Store the event's deliveries; the platform's own events go to no tenant."""
    if event.schema == PUBLIC:
        return
    if event.type.startswith("webhook."):
        _any.pop(event.schema, None)
    if _has_any(event.schema):
        _wake(fan_out(event))


def _has_any(schema: str) -> bool:
    """Whether the tenant has an endpoint, which most have not: remembered for a while.

    An endpoint that is made or enabled says so in the very stream, before what it is to get.
    """
    known, until = _any.get(schema, (False, 0.0))
    if until < time.monotonic():
        known = endpoints().filter(enabled=True).exists()
        _any[schema] = known, time.monotonic() + REMEMBERED_S
    return known


def replay(event: Event) -> None:
    """What was made pending again is sent at once."""
    if event.schema != PUBLIC:
        _wake([int(event.subject)])


def _wake(endpoints: Collection[int]) -> None:
    """A runner that has the endpoint looks again before it leaves, so it needs no waking."""
    if endpoints and idle().filter(pk__in=endpoints).exists():
        _send()


def _send() -> None:
    try:
        send_due.enqueue()
    except BrokerAway:
        log.warning("webhooks wait for beat: the broker is away")


def due_send() -> None:
    """What a lost message, a dead worker or a time that came has left waiting (beat)."""
    if is_waiting():
        _send()


def listen() -> None:
    """To every kind that is declared by now."""
    on_event(*(kind.type for kind in kinds()))(deliver)
    on_event("webhook.replayed")(replay)
