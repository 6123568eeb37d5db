"""An event of the log as messages to sockets: what the relay sends besides the event itself.

The data of each is what `/api/v1/events/` shows of it, with the payload's fields that the channel
may carry. It asks nothing but this process' memory of apps: one SELECT a tenant every 30 s.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from wificore.kernel.db.context import PUBLIC
from wificore.kernel.event_kinds import Kind, kind_of
from wificore.kernel.events import Event, TryLater
from wificore.kernel.relaying import Command
from wificore.realtime import messages
from wificore.realtime.messages import Outgoing
from wificore.realtime.registry import App, RegistryAway, registry

from .channels import Channel, channels_of, payload_of


def translate(event: Event) -> Iterator[Command]:
    """The commands that bring an event to its channels; none if it goes on no channel."""
    ways = _ways(event.type)
    app = app_of(event.schema) if ways else None
    if app is None:
        return
    for channel, kind, fields in ways:
        name = _name(channel, kind, event)
        if name:
            data = _data(event, fields)
            outgoing = Outgoing([name], event.type, data, seq=event.seq)
            yield from messages.event_commands(app, outgoing)


def app_of(schema: str) -> App | None:
    """The tenant's app if it is open; the platform has none.

    Raises:
        TryLater: PostgreSQL is away.
    """
    if schema == PUBLIC:
        return None
    try:
        app = registry.find("schema", schema)
    except RegistryAway as error:
        raise TryLater(str(error)) from error
    return app if app is not None and app.open else None


def dumps(content: dict[str, Any]) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1024)
def _ways(kind_type: str) -> tuple[tuple[Channel, Kind, frozenset[str]], ...]:
    """The channels of a type, and which of its fields go out there; declared once, so kept."""
    kind = kind_of(kind_type)
    if kind is None:
        return ()
    return tuple(
        (channel, kind, frozenset(payload_of(channel, kind)["properties"]))
        for channel in channels_of(kind)
    )


def _name(channel: Channel, kind: Kind, event: Event) -> str:
    """The channel's name; empty: the event is for a user, and does not say for whom."""
    if not channel.own:
        return channel.name
    user = event.payload.get(kind.user)
    return channel.name.replace("{id}", str(user)) if user is not None else ""


def _data(event: Event, fields: frozenset[str]) -> str:
    return dumps(
        {
            "id": str(event.id),
            "seq": event.seq,
            "type": event.type,
            "subject": event.subject,
            "occurred_at": event.occurred_at,
            "payload": {name: event.payload[name] for name in event.payload if name in fields},
        }
    )
