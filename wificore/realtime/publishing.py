"""Publish to a tenant's sockets from code that may block: web, relay, workers.

    trigger(app, ["private-jobs"], "job.finished", '{"id": 7}')

It is at most once, like everything on sockets: what must arrive is in the event log too.
All of it raises `redis.RedisError` while Redis is away, which the relay takes as "later".
"""

from collections.abc import Iterable, Sequence
from functools import cache

import redis
from django.conf import settings

from . import messages
from .messages import Command, Outgoing
from .registry import App, registry

# How long a caller waits for Redis.
PATIENCE_S = 2
COME_BACK = 4200


def trigger(
    app: App,
    channels: Sequence[str],
    event: str,
    data: str,
    *,
    except_socket: str | None = None,
    seq: int | None = None,
) -> None:
    """One event to some channels. Whoever calls has seen to names and sizes."""
    trigger_many(app, [Outgoing(channels, event, data, except_socket, seq)])


def trigger_many(app: App, events: Iterable[Outgoing]) -> None:
    """Many events in one round trip, in their order."""
    _send(command for outgoing in events for command in messages.event_commands(app, outgoing))


def trigger_user(app: App, user: str, event: str, data: str) -> None:
    """One event to the sockets that are signed in as this user."""
    _send(messages.event_commands(app, Outgoing([f"#server-to-user-{user}"], event, data)))


def terminate_user(schema: str, user: str) -> None:
    """Close the user's sockets of a tenant's app; stock clients do not come back by themselves."""
    _terminate(schema, user, None)


def recheck_user(schema: str, user: str | None = None) -> None:
    """Close them so that clients come back at once, and every channel is asked for anew.

    Args:
        user: None: every user of the tenant.
    """
    _terminate(schema, user, COME_BACK)


def bind(app_id: str, socket_id: str, user: str) -> None:
    """Whose socket this is, for as long as it lives."""
    _send([messages.bind_command(app_id, socket_id, user)])


def changed(app_id: str) -> None:
    """Every process reads this app again, and closes its sockets if it is not open."""
    registry.forget(app_id)
    _send([messages.changed_command(app_id)])


def _terminate(schema: str, user: str | None, code: int | None) -> None:
    app = registry.find("schema", schema)
    if app is not None:
        _send([messages.terminate_command(app.id, user, code)])


def _send(commands: Iterable[Command]) -> None:
    pipeline = client().pipeline(transaction=True)
    for command in commands:
        pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
    pipeline.execute()


@cache
def client() -> "redis.Redis":
    """This process' connections; redis-py opens new ones after a fork."""
    return redis.Redis.from_url(
        settings.EVENTS_REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
    )
