"""States of things to the channels on which somebody listens: beside the relay, one for all.

    which channels are occupied (Redis) -> whose pause is over -> read in the tenant's own context
    -> sent if it is not what was sent last

A tenant in whose schema something is wrong costs the others nothing.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import redis
from django.db import connection
from django.utils import timezone

from wificore.events.selectors import published
from wificore.kernel import logging
from wificore.kernel.db.context import tenant_context
from wificore.realtime import limits, messages, names, state
from wificore.realtime.messages import Outgoing
from wificore.realtime.registry import App

from .channels import CATALOGUE, Channel
from .readers import READERS
from .translate import app_of, dumps

log = logging.get(__name__)

SPOKEN: Final = [channel for channel in CATALOGUE if channel.state is not None]
# Which channels are occupied is asked for so often, in seconds.
LOOK_S: Final = 0.5
# A cache channel forgets after a while: it is told again before that.
REPEAT_S: Final = limits.CACHE_SECONDS / 2

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Schema:
    """What `tenant_context` asks of a tenant."""

    schema_name: str


@dataclass(slots=True)
class Told:
    """What a channel was told last, when, and when it may be told again."""

    content: str = ""
    at: float = float("-inf")
    due: float = 0.0


@dataclass(slots=True)
class Snapshots:
    """The companion: call it again and again; most calls do nothing."""

    _told: dict[Place, Told] = field(default_factory=dict)
    _look_at: float = 0.0

    def __call__(self, client: "redis.Redis") -> None:
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        places = set(occupied(client))
        # Whoever comes later is told at once.
        self._told = {place: told for place, told in self._told.items() if place in places}
        for schema in sorted({schema for schema, _ in places}):
            due = [channel for channel in SPOKEN if (schema, channel.name) in places]
            self._tenant(client, schema, due)

    def _tenant(self, client: "redis.Redis", schema: str, channels: list[Channel]) -> None:
        try:
            app = app_of(schema)
            for channel in channels if app else ():
                assert app is not None
                self._channel(client, app, channel)
        except redis.RedisError:
            raise
        except Exception:
            log.exception("no state of a tenant", tenant=schema)
            connection.close_if_unusable_or_obsolete()

    def _channel(self, client: "redis.Redis", app: App, channel: Channel) -> None:
        assert channel.state is not None
        told = self._told.setdefault((app.schema, channel.name), Told())
        now = time.monotonic()
        if now < told.due:
            return
        with tenant_context(Schema(app.schema)):
            # Read before the state: what is told holds all events up to this number.
            seq, payload = published(), READERS[channel.state.type]()
        told.due = now + channel.state.every_s
        content = dumps(payload)
        if content != told.content or now - told.at > REPEAT_S:
            told.content, told.at = content, now
            _send(client, app, channel, seq, payload)


def occupied(client: "redis.Redis") -> Iterator[Place]:
    """(schema, channel) of all channels that have a state and a listener."""
    nodes: Any = client.zrange(state.NODES, 0, -1)
    tags: Any = client.sunion([state.apps_of(each.decode()) for each in nodes]) if nodes else ()
    apps = sorted(tag.decode().split(" ", 1) for tag in tags)
    pipeline = client.pipeline(transaction=False)
    for schema, app_id in apps:
        pipeline.hmget(names.key(schema, app_id, "channels"), [channel.name for channel in SPOKEN])
    for (schema, _), counts in zip(apps, pipeline.execute(), strict=True):
        for channel, count in zip(SPOKEN, counts, strict=True):
            if count is not None:
                yield schema, channel.name


def _send(
    client: "redis.Redis", app: App, channel: Channel, seq: int, payload: dict[str, Any]
) -> None:
    assert channel.state is not None
    message = {
        "seq": seq,
        "type": channel.state.type,
        "occurred_at": timezone.now(),
        "payload": payload,
    }
    outgoing = Outgoing([channel.name], channel.state.type, dumps(message), seq=seq)
    pipeline = client.pipeline(transaction=True)
    for command in messages.event_commands(app, outgoing):
        pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
    pipeline.execute()
