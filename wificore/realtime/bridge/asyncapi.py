"""The catalogue as AsyncAPI 3 (`docs/asyncapi.yaml`), and the schema of every message."""

from collections.abc import Iterator
from typing import Any

import yaml

from wificore.kernel.event_kinds import COUNT, TEXT, TIME, Kind, Schema, shape

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
"""


def event_schema(channel: Channel, kind: Kind) -> Schema:
    """The data of an event on a channel; `/api/v1/events/` shows the same object, whole."""
    return shape(
        id={**TEXT, "description": "Never used again."},
        seq={**COUNT, "description": "Its number in the tenant's stream."},
        type={**TEXT, "const": kind.type},
        subject={**TEXT, "description": "The key of what it is about."},
        occurred_at=TIME,
        payload=payload_of(channel, kind),
    )


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
            }
        },
        "channels": {_id(channel): _channel(channel) for channel in CATALOGUE},
        "operations": {
            _id(channel): {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{_id(channel)}"},
                "summary": channel.title,
            }
            for channel in CATALOGUE
        },
    }
    return HEAD + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


def _channel(channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = {"address": channel.name, "title": channel.title}
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
