"""What a call wants published: JSON of strangers, read with suspicion. Pure."""

import json
import re
from typing import Any

from .. import frames, limits, names
from ..messages import Outgoing
from .answers import Refused

# A batch of the largest events, each of its characters escaped as \\uXXXX.
BODY_BYTES = 1 << 20
INFOS = ("user_count", "subscription_count", "cache")
# What Python's JSON writes and nobody else reads.
CONSTANT = re.compile(r"\b(?:NaN|Infinity)\b")


def single(body: bytes) -> tuple[Outgoing, tuple[str, ...]]:
    """POST /events: the event, and what the caller wants to know of its channels.

    Raises:
        Refused: 400, 403 (`private-sys-*` is ours), 413.
    """
    content = _loads(body)
    return _event(content, "", _channels(content)), infos(content.get("info"))


def batch(body: bytes) -> list[tuple[Outgoing, tuple[str, ...]]]:
    """POST /batch_events: all of them, or none.

    Raises:
        Refused: as `single`, for the first of them that is at fault.
    """
    events = _loads(body).get("batch")
    if not isinstance(events, list) or not all(isinstance(each, dict) for each in events):
        raise Refused(400, "batch must be a list of events.", field="batch")
    if len(events) > limits.EVENTS_PER_BATCH:
        raise Refused(400, f"A batch has {limits.EVENTS_PER_BATCH} events at most.", field="batch")
    return [
        (_event(each, f"batch[{number}].", [each.get("channel")]), infos(each.get("info")))
        for number, each in enumerate(events)
    ]


def infos(asked: object) -> tuple[str, ...]:
    """`user_count,subscription_count` as names.

    Raises:
        Refused: one is unknown.
    """
    if asked in (None, ""):
        return ()
    found = tuple(asked.split(",")) if isinstance(asked, str) else ("",)
    if not set(found) <= set(INFOS):
        raise Refused(400, f"info may name {', '.join(INFOS)}.", field="info")
    return found


def _loads(body: bytes) -> dict[str, Any]:
    try:
        content = frames.loads(body.decode())
    except (UnicodeDecodeError, frames.Malformed):
        raise Refused(400, "The body is not JSON.") from None
    if not isinstance(content, dict):
        raise Refused(400, "The body must be a JSON object.")
    return content


def _channels(content: dict[str, Any]) -> list[Any]:
    channels = content.get("channels", [content.get("channel")])
    if not isinstance(channels, list) or not channels:
        raise Refused(400, "channels must be a list of names.", field="channels")
    if len(channels) > limits.CHANNELS_PER_EVENT:
        message = f"An event goes to {limits.CHANNELS_PER_EVENT} channels at most."
        raise Refused(400, message, field="channels")
    return channels


def _event(content: dict[str, Any], where: str, channels: list[Any]) -> Outgoing:
    for channel in channels:
        _check_channel(channel, where)
    name = content.get("name")
    if not isinstance(name, str) or not names.is_event(name) or names.is_reserved_event(name):
        message = f"An event's name has 1 to {limits.EVENT_NAME} characters, and no pusher: prefix."
        raise Refused(400, message, field=f"{where}name")
    socket_id = content.get("socket_id")
    if socket_id is not None and not (isinstance(socket_id, str) and names.is_socket_id(socket_id)):
        raise Refused(400, "socket_id is two numbers with a dot.", field=f"{where}socket_id")
    return Outgoing(channels, name, _data(content.get("data"), where), socket_id)


def _check_channel(name: object, where: str) -> None:
    if not isinstance(name, str) or not (names.is_channel(name) or names.user_of(name)):
        message = f"A channel's name has 1 to {limits.CHANNEL_NAME} of A-Z a-z 0-9 _ - = @ , . ;"
        raise Refused(400, message, field=f"{where}channel")
    if name.startswith(names.SYSTEM):
        message = f"Channels {names.SYSTEM}* are the system's own: nobody else publishes there."
        raise Refused(403, message, field=f"{where}channel")


def _data(data: object, where: str) -> str:
    field = f"{where}data"
    if not isinstance(data, str):
        raise Refused(400, "data must be a string, JSON as a rule.", field=field)
    try:
        size = frames.size(data)
    except frames.Malformed:
        raise Refused(400, "data holds half of a surrogate pair.", field=field) from None
    if size > limits.EVENT_DATA:
        raise Refused(413, f"data has {limits.EVENT_DATA} bytes at most.", field=field)
    if CONSTANT.search(data) and _only_python_reads(data):
        raise Refused(400, "data holds NaN or Infinity, which is not JSON.", field=field)
    return data


def _only_python_reads(data: str) -> bool:
    """Whether it is JSON but for NaN and Infinity: clients could not parse it."""
    found: list[str] = []
    try:
        json.loads(data, parse_constant=found.append)
    except (ValueError, RecursionError):
        return False  # no JSON at all: plain text is fine
    return bool(found)
