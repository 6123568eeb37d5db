"""Who is where, over all processes: what the HTTP API answers. Reads of what lua/state.lua keeps.

Every function raises `link.LinkDown` while Redis is away.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from . import names, process
from .registry import App


async def channels(app: App, prefix: str = "") -> dict[str, int]:
    """Subscriptions of every occupied channel whose name begins so."""
    counts: Mapping[bytes, bytes] = await _ask("HGETALL", _key(app, "channels"))
    found = {name.decode(): int(count) for name, count in counts.items()}
    return {name: count for name, count in found.items() if name.startswith(prefix)}


async def subscriptions(app: App, name: str) -> int:
    """Subscriptions of one channel; 0: nobody listens."""
    return int(await _ask("HGET", _key(app, "channels"), name) or 0)


async def users(app: App, name: str) -> list[str]:
    """Ids of a presence channel's members."""
    found = await _ask("HKEYS", _key(app, "members", name))
    return sorted(user.decode() for user in found)


async def user_count(app: App, name: str) -> int:
    """How many users a presence channel has."""
    return int(await _ask("HLEN", _key(app, "members", name)))


async def cached(app: App, name: str) -> tuple[str, int] | None:
    """A cache channel's last event, as JSON, and the seconds that it is kept for."""
    key = names.cache_key(app.schema, app.id, name)
    # Asked for together, so that they cannot be of two events.
    kept, ttl = _ask("GET", key), _ask("TTL", key)
    text, seconds = await kept, await ttl
    return None if text is None else (text.decode(), seconds)


def _ask(*command: str) -> "asyncio.Future[Any]":
    return process.hub().link.ask(command)


def _key(app: App, *parts: str) -> str:
    return names.key(app.schema, app.id, *parts)
