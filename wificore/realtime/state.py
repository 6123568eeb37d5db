"""The steps of lua/state.lua and lua/beat.lua, as commands for the link. Pure."""

import time
from collections.abc import Mapping
from typing import Any, Final

from wificore.realtime import frames, limits, names
from wificore.realtime.link import Script
from wificore.realtime.registry import App

HOOKS: Final = "wificore:rt:public:hooks"
NODES: Final = "wificore:rt:public:nodes"
DEAD: Final = "wificore:rt:public:dead"
# What webhooks may be told of.
HOOK_KINDS: Final = (
    "channel_occupied",
    "channel_vacated",
    "member_added",
    "member_removed",
    "client_event",
    "cache_miss",
)


def apps_of(node: str) -> str:
    """SET of "<schema> <app_id>": where a node has something."""
    return f"wificore:rt:public:node:{node}"


def tag(app: App) -> str:
    return f"{app.schema} {app.id}"


def count(app: App, node: str, channel: str, subscriptions: int) -> Script:
    """This node has so many subscriptions to the channel now."""
    return _step(app, "count", node, channel, subscriptions)


def join(app: App, node: str, channel: str, user_id: str, member: str, *, all_: bool) -> Script:
    """A user is in the channel on this node; answers [1, version, member, all] or [0] (full)."""
    most = limits.MEMBERS
    return _step(app, "join", node, channel, user_id, member, most, int(all_))


def leave(app: App, node: str, channel: str, user_id: str) -> Script:
    """The user's last socket on this node left the channel."""
    return _step(app, "leave", node, channel, user_id)


def forget(app: App, node: str) -> Script:
    """Take away some of what a dead node held; answers how much is left."""
    return _step(app, "forget", node)


def connect(app: App, node: str) -> Script:
    """One more socket; answers 0 when the app has as many as it may."""
    return _step(app, "connect", node, app.max_connections)


def disconnect(app: App, node: str) -> Script:
    """One socket less."""
    return _step(app, "disconnect", node)


def connected(app: App, node: str, sockets: int) -> Script:
    """This node has so many sockets now."""
    return _step(app, "connected", node, sockets)


def hook(app: App, kind: str, fields: Mapping[str, Any]) -> Script:
    """Tell the app's webhook, if it wants this kind."""
    content = {"name": kind, **fields, "t": int(time.time() * 1000)}
    return _step(app, "hook", "", kind, frames.dumps(content))


def beat(node: str, lease_s: float, how: str, *, look: bool) -> Script:
    """See lua/beat.lua."""
    return Script("beat", (NODES, DEAD), (node, int(lease_s * 1000), how, int(look)))


def _step(app: App, step: str, node: str, *arguments: str | int) -> Script:
    wanted = ",".join(kind for kind in HOOK_KINDS if app.wants(kind))
    keys = (names.key(app.schema, app.id), HOOKS)
    return Script("state", keys, (step, node, wanted, app.schema, app.id, *arguments))
