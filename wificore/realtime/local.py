"""What one process holds: apps, their channels, and who is where. No I/O.

Two tenants' channels of one name are entries of two apps; nothing here is looked up by a channel's
name alone.
"""

from dataclasses import dataclass, field
from typing import Protocol

from wificore.realtime.presence import Member, Mirror
from wificore.realtime.registry import App


class Socket(Protocol):
    """What the hub needs of a client's connection."""

    @property
    def id(self) -> str: ...

    def offer(self, frame: bytes) -> None: ...

    def finish(self, code: int, message: str) -> None: ...

    def watch(self, now: float) -> None: ...


@dataclass(slots=True)
class Holding:
    """A user in a presence channel: how many of this process' sockets, and what they said."""

    sockets: int
    member: Member


@dataclass(slots=True, eq=False)
class LocalChannel:
    """A channel that sockets of this process are in, or about to be."""

    name: str
    sockets: set[Socket] = field(default_factory=set)
    holdings: dict[str, Holding] = field(default_factory=dict)
    mirror: Mirror | None = None
    joining: int = 0
    """Subscriptions that wait for Redis."""
    served: int = 0
    """Events of servers that were fanned out."""

    @property
    def subscriptions(self) -> int:
        return len(self.sockets) + self.joining

    @property
    def idle(self) -> bool:
        return self.subscriptions == 0

    def hold(self, member: Member) -> None:
        holding = self.holdings.setdefault(member.user_id, Holding(0, member))
        holding.sockets += 1

    def let_go(self, user_id: str) -> bool:
        """Whether this was the user's last socket here."""
        holding = self.holdings[user_id]
        holding.sockets -= 1
        if holding.sockets:
            return False
        del self.holdings[user_id]
        return True


@dataclass(slots=True, eq=False)
class LocalApp:
    """One app's part of this process."""

    app: App
    sockets: dict[str, Socket] = field(default_factory=dict)
    channels: dict[str, LocalChannel] = field(default_factory=dict)
    users: dict[str, set[Socket]] = field(default_factory=dict)
    """Whose sockets these are, as far as we know."""
    whose: dict[Socket, set[str]] = field(default_factory=dict)
    """The same the other way round."""
    signed_in: dict[str, set[Socket]] = field(default_factory=dict)
    """Who gets what is published to `#server-to-user-<id>`."""
    connecting: int = 0
    """Sockets that wait for Redis to say whether there is room."""
    looked_at: float = 0.0
    """When its entry was last compared with the registry."""

    def channel(self, name: str) -> LocalChannel:
        """The channel, made if need be."""
        found = self.channels.get(name)
        if found is None:
            found = self.channels[name] = LocalChannel(name)
        return found

    def drop_if_idle(self, channel: LocalChannel) -> None:
        if channel.idle:
            self.channels.pop(channel.name, None)

    def bind(self, user_id: str, socket: Socket) -> None:
        """The socket is this user's: signed in, present, or let into a channel as such."""
        _add(self.users, user_id, socket)
        self.whose.setdefault(socket, set()).add(user_id)

    def sign_in(self, user_id: str, socket: Socket) -> None:
        """In place of whoever was signed in on it."""
        for known in self.whose.get(socket, ()):
            _discard(self.signed_in, known, socket)
        _add(self.signed_in, user_id, socket)
        self.bind(user_id, socket)

    def unbind(self, socket: Socket) -> None:
        """The socket is nobody's any more."""
        for user_id in self.whose.pop(socket, ()):
            _discard(self.users, user_id, socket)
            _discard(self.signed_in, user_id, socket)

    def known_as(self, user_id: str | None) -> tuple[Socket, ...]:
        """All sockets of a user; None: of every user."""
        if user_id is None:
            return tuple(self.whose)
        return tuple(self.users.get(user_id, ()))


def _add(users: dict[str, set[Socket]], user_id: str, socket: Socket) -> None:
    users.setdefault(user_id, set()).add(socket)


def _discard(users: dict[str, set[Socket]], user_id: str, socket: Socket) -> None:
    sockets = users.get(user_id)
    if sockets is not None:
        sockets.discard(socket)
        if not sockets:
            del users[user_id]
