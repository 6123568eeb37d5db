"""Names of channels, events and users, and every internal name made of them. Pure.

A tenant's channel exists only as `{app_id}:{channel}`: maps, Redis channels and Redis keys take
their names from the functions here, so that two tenants' `private-orders` never meet.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from wificore.realtime import limits

PRIVATE: Final = "private-"
PRESENCE: Final = "presence-"
ENCRYPTED: Final = "private-encrypted-"
# Ours: tenants may listen where `decide` allows, and never publish.
SYSTEM: Final = "private-sys-"
USER: Final = "#server-to-user-"
CLIENT_EVENT: Final = "client-"
# Events of the protocol itself; nobody publishes those.
RESERVED_EVENTS: Final = ("pusher:", "pusher_internal:")
CACHE: Final = ("cache-", "private-cache-", "private-encrypted-cache-", "presence-cache-")

_CHANNEL = re.compile(rf"[A-Za-z0-9_\-=@,.;]{{1,{limits.CHANNEL_NAME}}}")
# Anything a person can read: neither control characters nor halves of surrogate pairs.
_READABLE = rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{limits.EVENT_NAME}}}"
_EVENT = re.compile(_READABLE)
_USER_ID = re.compile(_READABLE)
_SOCKET_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel's name says about it."""

    name: str
    private: bool
    """Needs an `auth` string: every private and presence channel."""
    presence: bool
    encrypted: bool
    cache: bool
    system: bool


@lru_cache(maxsize=16_384)
def channel(name: str) -> Channel | None:
    """The channel of this name; None if the name is illegal or too long."""
    if not is_channel(name):
        return None
    presence = name.startswith(PRESENCE)
    return Channel(
        name=name,
        private=presence or name.startswith(PRIVATE),
        presence=presence,
        encrypted=name.startswith(ENCRYPTED),
        cache=name.startswith(CACHE),
        system=name.startswith(SYSTEM),
    )


def is_channel(name: str) -> bool:
    """Whether clients may subscribe to such a name; the whole string counts, a newline too."""
    return _CHANNEL.fullmatch(name) is not None


def is_event(name: str) -> bool:
    """Whether an event may be called so; says nothing about who may publish it."""
    return _EVENT.fullmatch(name) is not None


def is_reserved_event(name: str) -> bool:
    """Whether only the protocol itself uses this name."""
    return name.startswith(RESERVED_EVENTS)


def is_client_event(name: str) -> bool:
    """Whether clients may send it (and servers may, too)."""
    return name.startswith(CLIENT_EVENT)


def is_user_id(name: str) -> bool:
    return _USER_ID.fullmatch(name) is not None


def is_socket_id(name: str) -> bool:
    return _SOCKET_ID.fullmatch(name) is not None


def user_channel(user_id: str) -> str:
    """Where a signed-in user's own events go."""
    return f"{USER}{user_id}"


def user_of(channel_name: str) -> str | None:
    """The user whose own channel this is; None if it is an ordinary channel's name."""
    if not channel_name.startswith(USER):
        return None
    user_id = channel_name.removeprefix(USER)
    return user_id if is_user_id(user_id) else None


def internal(app_id: str, channel_name: str) -> str:
    """A channel's one name inside this program: two apps never share it."""
    return f"{app_id}:{channel_name}"


def bus(app_id: str) -> str:
    """The Redis channel that every realtime process listens on for this app."""
    return f"rt:{app_id}"


# All apps' Redis channels, and whose one it is.
EVERY_BUS: Final = "rt:*"


def app_of_bus(redis_channel: str) -> str:
    return redis_channel.removeprefix("rt:")


def key(schema: str, app_id: str, *parts: str) -> str:
    """A Redis key of one app: `wificore:rt:<schema>:<app_id>:<part>:..`."""
    return ":".join(("wificore", "rt", schema, app_id, *parts))


def cache_key(schema: str, app_id: str, channel_name: str) -> str:
    """Where a cache channel's last server event is: JSON `{"event", "data"}`."""
    return key(schema, app_id, "cache", channel_name)
