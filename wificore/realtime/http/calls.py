"""What each call does: publish, say who is there, close a user's sockets."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from .. import messages, names, occupancy, process
from ..link import Script
from ..messages import Command, Outgoing
from ..registry import App
from . import bodies
from .answers import Refused

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A call that may be carried out: signed, and its app is open."""

    app: App
    parameters: tuple[str, ...]
    query: Mapping[str, str]
    body: bytes


async def events(work: Work) -> Json:
    """POST /apps/{id}/events."""
    outgoing, infos = bodies.single(work.body)
    await _publish(work, [outgoing])
    if not infos:
        return {}
    known = await asyncio.gather(*(_about(work, name, infos) for name in outgoing.channels))
    return {"channels": dict(zip(outgoing.channels, known, strict=True))}


async def batch_events(work: Work) -> Json:
    """POST /apps/{id}/batch_events."""
    found = bodies.batch(work.body)
    await _publish(work, [outgoing for outgoing, _ in found])
    if not any(infos for _, infos in found):
        return {}
    asked = (_about(work, outgoing.channels[0], infos) for outgoing, infos in found)
    return {"batch": await asyncio.gather(*asked)}


async def channels(work: Work) -> Json:
    """GET /apps/{id}/channels: those that somebody listens on."""
    prefix = work.query.get("filter_by_prefix", "")
    infos = bodies.infos(work.query.get("info"))
    if "user_count" in infos and not prefix.startswith(names.PRESENCE):
        message = "user_count needs filter_by_prefix=presence-: other channels have no users."
        raise Refused(400, message, field="info")
    found = sorted(await occupancy.channels(work.app, prefix))
    known = await asyncio.gather(*(_about(work, name, infos) for name in found))
    return {"channels": dict(zip(found, known, strict=True))}


async def channel(work: Work) -> Json:
    """GET /apps/{id}/channels/{name}."""
    name, infos = _channel_name(work), bodies.infos(work.query.get("info"))
    if "user_count" in infos and not name.startswith(names.PRESENCE):
        raise Refused(400, "user_count is for presence channels.", field="info")
    counted = await occupancy.subscriptions(work.app, name)
    return {"occupied": counted > 0, **await _about(work, name, infos)}


async def users(work: Work) -> Json:
    """GET /apps/{id}/channels/{name}/users."""
    name = _channel_name(work)
    if not name.startswith(names.PRESENCE):
        raise Refused(400, "Only presence channels have users.")
    return {"users": [{"id": user} for user in await occupancy.users(work.app, name)]}


async def terminate(work: Work) -> Json:
    """POST /apps/{id}/users/{user}/terminate_connections."""
    (user,) = work.parameters
    if not names.is_user_id(user):
        raise Refused(400, "This is no user's id.")
    command = messages.terminate_command(work.app.id, user)
    await process.hub().link.ask(Script("publish", (), (_json([command]),)))
    return {}


def _channel_name(work: Work) -> str:
    (name,) = work.parameters
    if not names.is_channel(name):
        raise Refused(400, "This is no channel's name.")
    return name


async def _publish(work: Work, events: Sequence[Outgoing]) -> None:
    """All of them, or none.

    Raises:
        Refused: 429, the app publishes more than it may.
    """
    commands = [each for event in events for each in messages.event_commands(work.app, event)]
    # One count over all processes, and no round trip of its own (ADR 36).
    count = sum(len(each.channels) for each in events)
    bucket = names.key(work.app.schema, work.app.id, "rate")
    limit = (count, settings.REALTIME_MESSAGES_PER_SECOND)
    wait_s = await process.hub().link.ask(Script("publish", (bucket,), (_json(commands), *limit)))
    if wait_s:
        raise Refused(429, "Too many messages: slow down.", retry_after_s=wait_s)


def _json(commands: Iterable[Command]) -> str:
    words = [[str(word) for word in command] for command in commands]
    return json.dumps(words, ensure_ascii=False)


async def _about(work: Work, name: str, infos: Sequence[str]) -> Json:
    """What is asked of one channel; what it does not have is left out."""
    known: Json = {}
    if "subscription_count" in infos:
        known["subscription_count"] = await occupancy.subscriptions(work.app, name)
    if "user_count" in infos and name.startswith(names.PRESENCE):
        known["user_count"] = await occupancy.user_count(work.app, name)
    if "cache" in infos and name.startswith(names.CACHE):
        known["cache"] = await _cached(work, name)
    return known


async def _cached(work: Work, name: str) -> Json | None:
    found = await occupancy.cached(work.app, name)
    return None if found is None else {"data": json.loads(found[0])["data"], "ttl": found[1]}
