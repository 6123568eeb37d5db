"""Events become work for a worker: who hears of it is not the relay's to find out."""

from wificore.kernel.db.context import PUBLIC
from wificore.kernel.events import Event, on_event
from wificore.kernel.notices import kind_of, kinds

from .tasks import notify


def tell(event: Event) -> None:
    """Hand an event that people hear of to a worker; the platform's own are nobody's here."""
    kind = kind_of(event.type)
    if event.schema == PUBLIC or kind is None or not kind.when(event.payload):
        return
    notify.enqueue(event.id, event.type, event.subject, dict(event.payload))


def listen() -> None:
    """To every kind that is registered by now."""
    on_event(*(kind.event_type for kind in kinds()))(tell)
