"""The catalogue as AsyncAPI 3 (`docs/asyncapi.yaml`), and the schema of every message.

Besides the channels it lists every kind of event that a tenant may read in the event log: most of
them go on no channel, but to webhooks and to whoever asks.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from wificore.access.codes import TENANT_CODES
from wificore.kernel.event_kinds import ANYTHING, COUNT, TEXT, TIME, Kind, Schema, kinds, shape

from .channels import CATALOGUE, Channel, carried, payload_of
from .states import State

HEAD = """\
# Written from the catalogue by `manage.py asyncapi`; a test fails when it differs.
"""
DESCRIPTION = """\
What a tenant's sockets carry, over the Pusher protocol 7 (pusher-js, laravel-echo). The event's
name is the message's `type`; its data is the JSON object described here.

Joining asks for `x-permission`, all of its codes, at `POST /broadcasting/auth` on the tenant's
host. Events come one by one, in order, with the `seq` they have in `/api/v1/events/`; states come
at most so often as `x-every-seconds` says, while somebody listens, when they changed.

Sockets lose what is sent while they are away. Keep the highest `seq` you have seen. After a
reconnect, and on the connection's event `wificore:resync` (the server had lost its link for a
while), ask `/api/v1/events/?after=<seq>`; 410 there means to load your lists anew. The same event
may come twice: do nothing twice for the same `id`.

The log at `/api/v1/events/`, and webhooks, have every kind with its whole payload; reading one asks
for the message's `x-permission`.
"""
LOG = "events"
LOG_TITLE = "Every kind of event: the log that is read over HTTP, and webhooks"
SOCKETS, HTTP = ({"$ref": f"#/servers/{name}"} for name in ("sockets", "http"))


def event_schema(channel: Channel, kind: Kind) -> Schema:
    """The data of an event on a channel; `/api/v1/events/` shows the same object, whole."""
    return _event({**TEXT, "const": kind.type}, payload_of(channel, kind))


def _event(kind: Schema, payload: Schema) -> Schema:
    return shape(
        id={**TEXT, "description": "Never used again."},
        seq={**COUNT, "description": "Its number in the tenant's stream."},
        type=kind,
        subject={**TEXT, "description": "The key of what it is about."},
        occurred_at=TIME,
        payload=payload,
    )


def logged() -> list[Kind]:
    """The kinds that somebody in a tenant may read."""
    return [kind for kind in kinds() if kind.view in TENANT_CODES]


def state_schema(state: State) -> Schema:
    """The data of a state."""
    return shape(
        seq={**COUNT, "description": "It holds all events up to this number."},
        type={**TEXT, "const": state.type},
        occurred_at=TIME,
        payload=state.payload,
    )


def messages(channel: Channel) -> Iterator[tuple[str, str, Schema]]:
    """(type, title, schema of the data) of all that goes out on a channel."""
    for kind in carried(channel):
        yield kind.type, kind.title, event_schema(channel, kind)
    if channel.state is not None:
        yield channel.state.type, channel.state.title, state_schema(channel.state)


def document() -> str:
    """The whole document."""
    content = {
        "asyncapi": "3.0.0",
        "info": {"title": "WifiCore realtime", "version": "1", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "sockets": {
                "host": "{host}:6071",
                "pathname": "/app/{key}",
                "protocol": "ws",
                "description": "Query: `protocol=7`. The key is the tenant's app key.",
                "variables": {
                    "host": {"description": "The tenant's host."},
                    "key": {"description": "`key` of /api/v1/realtime/app/."},
                },
            },
            "http": {
                "host": "{host}:8070",
                "protocol": "http",
                "description": "The API. Webhooks are sent from there to servers of your own.",
                "variables": {"host": {"description": "The tenant's host."}},
            },
        },
        "channels": {**{_id(channel): _channel(channel) for channel in CATALOGUE}, LOG: _log()},
        "operations": {
            **{_id(channel): _operation(_id(channel), channel.title) for channel in CATALOGUE},
            LOG: _operation(LOG, LOG_TITLE),
        },
        "components": {"schemas": {"event": _event(TEXT, ANYTHING)}},
    }
    return HEAD + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


def _operation(name: str, title: str) -> dict[str, Any]:
    return {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}, "summary": title}


def _log() -> dict[str, Any]:
    """All kinds, each as what it has beyond any event."""
    base = {"$ref": "#/components/schemas/event"}
    return {
        "address": "/api/v1/events/",
        "title": LOG_TITLE,
        "servers": [HTTP],
        "messages": {
            kind.type: {
                "name": kind.type,
                "title": kind.title,
                "x-permission": kind.view,
                "payload": {"allOf": [base, {"properties": _own(kind)}]},
            }
            for kind in logged()
        },
    }


def _own(kind: Kind) -> dict[str, Schema]:
    return {"type": {"const": kind.type}, "payload": kind.payload}


def _channel(channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = {"address": channel.name, "title": channel.title, "servers": [SOCKETS]}
    if channel.own:
        found["parameters"] = {"id": {"description": "The user's id, as in /api/v1/me/."}}
    found["x-permission"] = list(channel.codes)
    if channel.every_site:
        found["x-every-site"] = True
    if channel.state is not None:
        found["x-every-seconds"] = channel.state.every_s
    found["messages"] = {
        name: {"name": name, "title": title, "payload": schema}
        for name, title, schema in messages(channel)
    }
    return found


def _id(channel: Channel) -> str:
    return channel.name.removesuffix("-{id}")


class _Plain(yaml.SafeDumper):
    """Writes what is the same twice, without anchors, and text of many lines as a block."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def text(self, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Plain.add_representer(str, _Plain.text)
