"""Events: the port through which every floor publishes, and the registry of those who listen.

    service  --publish()-->  outbox, in the same transaction      (filled by wificore.events)
    relay    --on_event-->   handlers, each event at least once   (registered by any app's ready())

An event's type is `<subject>.<what happened>`: "plan.updated", "session.started". Its payload
holds what listeners need, so that they read no model of another app; never a secret.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connections
from django.db.transaction import TransactionManagementError

from .db.context import current

EVENT_TYPE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as handlers get it; they must be idempotent by `id`.

    Attributes:
        id: unique in this installation and never used again.
        schema: whose event: `ts_acme`, or `public` for the platform's own.
        seq: 1, 2, 3.. without a gap in one schema, in the order of publication.
        subject: the key of the thing it is about, as text; may be empty.
    """

    id: int
    schema: str
    seq: int
    type: str
    subject: str
    payload: Payload
    occurred_at: datetime


class Publisher(Protocol):
    """What fills the port: writes (subject, payload) rows on an open transaction."""

    def __call__(
        self, event_type: str, rows: Iterable[tuple[str, Payload]], *, schema: str, using: str
    ) -> None: ...


Handler = Callable[[Event], None]

_publisher: Publisher | None = None
_handlers: dict[str, list[Handler]] = {}


class TryLater(RuntimeError):
    """A handler cannot take the event now (its broker is away): it must be offered again."""


def install(publisher: Publisher) -> None:
    """Fill the port; `wificore.events` does while Django starts."""
    global _publisher  # the one place where the port is filled
    _publisher = publisher


def publish(
    event_type: str, payload: Payload, *, subject: str = "", using: str = "default"
) -> None:
    """Publish in the caller's transaction: it happens if and only if the transaction commits.

    Args:
        using: the database alias whose transaction it is.

    Raises:
        TransactionManagementError: no transaction is open.
        SecretInPayload: a field's name is a secret's.
    """
    publish_many(event_type, [(subject, payload)], using=using)


def publish_many(
    event_type: str, rows: Iterable[tuple[str, Payload]], *, using: str = "default"
) -> None:
    """Many events of one type as (subject, payload), in one statement; raises like `publish`."""
    if not EVENT_TYPE.fullmatch(event_type):
        raise ValueError(f"not an event type: {event_type!r}")
    require_transaction(using)
    assert _publisher is not None, "wificore.events is not installed"
    _publisher(event_type, rows, schema=current().schema, using=using)


def require_transaction(using: str) -> None:
    """State, audit and event belong together: without a transaction, one could fail alone."""
    if not connections[using].in_atomic_block:
        raise TransactionManagementError("publish and audit inside transaction.atomic()")


def on_event(*event_types: str) -> Callable[[Handler], Handler]:
    """Register a handler, which the relay calls in the event's own context, outside transactions.

    It should hand the work to a task and return: a handler that blocks holds up its tenant's
    events. One that raises is called again, and after some tries set aside (`TryLater`: never).
    """

    def register(handler: Handler) -> Handler:
        for event_type in event_types:
            known = _handlers.setdefault(event_type, [])
            if handler not in known:
                known.append(handler)
        return handler

    return register


def handlers_of(event_type: str) -> tuple[Handler, ...]:
    return tuple(_handlers.get(event_type, ()))
