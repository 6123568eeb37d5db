"""Who is where, over all processes: what the HTTP API answers. Reads of what lua/state.lua keeps.

Every function raises `link.LinkDown` while Redis is away.
"""

from collections.abc import Iterable

from wificore.realtime import names, process
from wificore.realtime.registry import App


async def channels(app: App, prefix: str = "") -> dict[str, int]:
    """Subscriptions of every occupied channel whose name begins so."""
    answer = await process.hub().link.ask(("HGETALL", _key(app, "channels")))
    texts = [each.decode() for each in answer]
    found = zip(texts[::2], texts[1::2], strict=True)
    return {name: int(count) for name, count in found if name.startswith(prefix)}


async def subscriptions(app: App, name: str) -> int:
    """Subscriptions of one channel; 0: it is vacant."""
    return int(await process.hub().link.ask(("HGET", _key(app, "channels"), name)) or 0)


async def members(app: App, name: str) -> dict[str, str]:
    """A presence channel's members: id -> JSON `{"user_id", "user_info"?}`."""
    answer = await process.hub().link.ask(("HGETALL", _key(app, "members", name)))
    texts = [each.decode() for each in answer]
    return dict(zip(texts[::2], texts[1::2], strict=True))


async def user_counts(app: App, channel_names: Iterable[str]) -> dict[str, int]:
    """How many users are in each of these presence channels."""
    asked = {
        name: process.hub().link.ask(("HLEN", _key(app, "members", name))) for name in channel_names
    }
    return {name: int(await answer) for name, answer in asked.items()}


async def connections(app: App) -> int:
    """Sockets of the app."""
    answer = await process.hub().link.ask(("HVALS", _key(app, "connections")))
    return sum(int(each) for each in answer)


def _key(app: App, *parts: str) -> str:
    return names.key(app.schema, app.id, *parts)
