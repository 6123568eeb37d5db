"""Frames of protocol 7: text from clients parsed, frames for clients made. Pure.

In:   {"event": str, "data"?: anything, "channel"?: str}
Out:  {"event": str, "channel"?: str, "data": .., ..}; `data` is a JSON string, but an object in the
      two errors, as Pusher has it
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from wificore.realtime import limits

# Error codes (Pusher Channels, "Error codes"): 4000-4099 never come back, 4100-4199 come back
# later, 4200-4299 come back at once.
UNKNOWN_APP = 4001
APP_DISABLED = 4003
OVER_QUOTA = 4004
PATH_NOT_FOUND = 4005
BAD_PROTOCOL = 4007
UNAUTHORISED = 4009
SLOW_CLIENT = 4100
RESTARTING = 4200
NO_PONG = 4201
CLIENT_EVENT_REFUSED = 4301
TOO_BIG = 1009

INVALID = "Invalid message format"


class Malformed(Exception):
    """Not a frame: unparsable, wrongly typed or too deep. It costs the socket this frame only."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a client."""

    event: str
    data: Any
    channel: str | None


def parse(text: str) -> Frame:
    """Read a client's frame.

    Raises:
        Malformed: whatever is wrong with it.
    """
    content = loads(text)
    if not isinstance(content, dict):
        raise Malformed
    event, channel = content.get("event"), content.get("channel")
    if not isinstance(event, str) or not isinstance(channel, str | None):
        raise Malformed
    return Frame(event, content.get("data"), channel)


def loads(text: str) -> Any:
    """JSON as the standard has it: no NaN, nothing deeper than `limits.DEPTH`.

    Raises:
        Malformed: it is not.
    """
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed from None
    # Counting brackets is quick, and right for all frames that people really send.
    if text.count("[") + text.count("{") > limits.DEPTH and _too_deep(content):
        raise Malformed
    return content


def dumps(content: Any) -> str:
    """JSON without blanks, as UTF-8 can carry it.

    Raises:
        Malformed: it holds infinity or half of a surrogate pair.
    """
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (ValueError, RecursionError):
        raise Malformed from None
    return text


def size(data: Any) -> int:
    """Bytes of an event's data as sent: a string's own, or its JSON's.

    Raises:
        Malformed: as `dumps`.
    """
    try:
        return len((data if isinstance(data, str) else dumps(data)).encode())
    except UnicodeEncodeError:
        raise Malformed from None


def event(name: str, data: Any, channel: str | None = None, **more: Any) -> str:
    """A frame for clients; `data` goes as it is (a string for everything servers publish)."""
    content: dict[str, Any] = {"event": name}
    if channel is not None:
        content["channel"] = channel
    return dumps({**content, "data": data, **more})


def established(socket_id: str, activity_timeout: int = limits.ACTIVITY_TIMEOUT) -> str:
    """The first frame of a connection; after so many seconds of silence the client pings."""
    data = {"socket_id": socket_id, "activity_timeout": activity_timeout}
    return event("pusher:connection_established", dumps(data))


def error(code: int, message: str) -> str:
    """Says why; closing with the same code, if at all, is the caller's."""
    return event("pusher:error", {"code": code, "message": message})


def subscription_succeeded(channel: str, data: Mapping[str, Any] | None = None) -> str:
    return event("pusher_internal:subscription_succeeded", dumps(data or {}), channel)


def subscription_error(channel: str, kind: str, message: str, status: int) -> str:
    data = {"type": kind, "error": message, "status": status}
    return event("pusher:subscription_error", data, channel)


def member_added(channel: str, member: str) -> str:
    """`member` is JSON: `{"user_id", "user_info"?}`."""
    return event("pusher_internal:member_added", member, channel)


def member_removed(channel: str, user_id: str) -> str:
    return event("pusher_internal:member_removed", dumps({"user_id": user_id}), channel)


def cache_miss(channel: str) -> str:
    return dumps({"event": "pusher:cache_miss", "channel": channel})


def signed_in(user_data: str) -> str:
    return event("pusher:signin_success", dumps({"user_data": user_data}))


PING = event("pusher:ping", "{}")
PONG = event("pusher:pong", "{}")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _too_deep(content: Any) -> bool:
    """Level by level rather than by recursion, which is what an attacker wants."""
    level = [content]
    for _ in range(limits.DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(parent: Any) -> Any:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()
