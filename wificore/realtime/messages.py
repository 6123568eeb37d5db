"""What goes over Redis to every realtime process. Pure.

    {"k": "event", "channels", "event", "data", "t", "except"?, "seq"?}
    {"k": "user", "user", "event", "data", "t", "seq"?}    to one signed-in user's sockets
    {"k": "terminate", "user", "code"?}                    closes them; no "user": every user's
    {"k": "bind", "socket", "user"}                        whose socket it is
    {"k": "app"}                                           the registry's entry changed

`data` is the string as it was sent, `t` unix milliseconds. A server's event on a cache channel is
kept as well, in the same transaction, so that nobody who subscribes in between misses it.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import limits, names
from .registry import App

# One Redis command with its arguments.
Command = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event of a server, to some channels; `#server-to-user-7` is user 7.

    Attributes:
        data: a string, which most clients read as JSON.
        except_socket: the socket that caused it, and need not hear of it.
        seq: the event's number in the tenant's log, if it comes from there.
    """

    channels: Sequence[str]
    event: str
    data: str
    except_socket: str | None = None
    seq: int | None = None


def event_commands(app: App, outgoing: Outgoing) -> Iterator[Command]:
    """What one event does in Redis: cache channels are kept first, then all are told."""
    channels = list(dict.fromkeys(outgoing.channels))
    ordinary = [name for name in channels if names.user_of(name) is None]
    for name in ordinary:
        channel = names.channel(name)
        if channel is not None and channel.cache:
            key = names.cache_key(app.schema, app.id, name)
            kept = _dumps({"event": outgoing.event, "data": outgoing.data})
            yield "SET", key, kept, "EX", limits.CACHE_SECONDS
    content = _content(outgoing)
    if ordinary:
        except_socket = outgoing.except_socket
        extra = {"except": except_socket} if except_socket is not None else {}
        yield _publish(app.id, {"k": "event", "channels": ordinary, **content, **extra})
    for name in channels:
        if (user := names.user_of(name)) is not None:
            yield _publish(app.id, {"k": "user", "user": user, **content})


def terminate_command(app_id: str, user: str | None, code: int | None = None) -> Command:
    """Close the user's (None: every user's) sockets; with a code other than the protocol's 4009."""
    whose = {} if user is None else {"user": user}
    extra = {} if code is None else {"code": code}
    return _publish(app_id, {"k": "terminate", **whose, **extra})


def bind_command(app_id: str, socket_id: str, user: str) -> Command:
    return _publish(app_id, {"k": "bind", "socket": socket_id, "user": user})


def changed_command(app_id: str) -> Command:
    return _publish(app_id, {"k": "app"})


def _content(outgoing: Outgoing) -> dict[str, Any]:
    content: dict[str, Any] = {
        "event": outgoing.event,
        "data": outgoing.data,
        "t": int(time.time() * 1000),
    }
    return content if outgoing.seq is None else {**content, "seq": outgoing.seq}


def _publish(app_id: str, content: dict[str, Any]) -> Command:
    return "PUBLISH", names.bus(app_id), _dumps(content)


def _dumps(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
