"""Who is in a presence channel, as one process knows it. Pure.

Redis decides who came and went (lua/state.lua) and tells every process. A process keeps a mirror of
each list it has sockets for; sockets are told what changes in the mirror, and a new one gets the
mirror as it is. So a socket's list is complete and nothing is told twice, in whatever order
answers (one connection) and messages (another) arrive: each carries Redis' clock, and only what is
newer than what is known of a user counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wificore.realtime import frames, limits, names

# Microseconds for which it is remembered that somebody left.
REMEMBERED = 60_000_000
PRUNE_AT = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """What a socket says about its user: the signed `channel_data`."""

    user_id: str
    json: str
    """`{"user_id", "user_info"?}`, with the id as a string."""


class BadMember(Exception):
    """`channel_data` is not what a presence channel needs; the message says why."""


class MemberTooBig(BadMember):
    """More than `limits.MEMBER` bytes."""


def parse_member(channel_data: str) -> Member:
    """Read `channel_data`.

    Raises:
        BadMember, MemberTooBig: with the reason.
    """
    if frames.size(channel_data) > limits.MEMBER:
        raise MemberTooBig(f"channel_data is over {limits.MEMBER} bytes")
    try:
        content = frames.loads(channel_data)
        user_id = identity(content.get("user_id")) if isinstance(content, dict) else None
        if user_id is None:
            raise BadMember("channel_data has no user_id")
        return Member(user_id, frames.dumps(_public(content, user_id)))
    except frames.Malformed:
        raise BadMember("channel_data is not JSON") from None


def identity(value: Any) -> str | None:
    """A user's id as text: servers send numbers, too."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and names.is_user_id(value) else None


def _public(content: Mapping[str, Any], user_id: str) -> dict[str, Any]:
    info = {"user_info": content["user_info"]} if "user_info" in content else {}
    return {"user_id": user_id, **info}


class Mirror:
    """One channel's list."""

    def __init__(self) -> None:
        self.members: dict[str, str] = {}
        self._versions: dict[str, int] = {}

    def add(self, user_id: str, member: str, version: int) -> bool:
        """Whether the list changed."""
        if version < self._versions.get(user_id, 0):
            return False
        self._versions[user_id] = version
        new = user_id not in self.members
        self.members.setdefault(user_id, member)
        return new

    def remove(self, user_id: str, version: int) -> bool:
        """Whether the list changed."""
        if version < self._versions.get(user_id, 0):
            return False
        self._versions[user_id] = version
        self._prune(version)
        return self.members.pop(user_id, None) is not None

    def load(self, listed: Mapping[str, str], version: int) -> list[str]:
        """Take who is in Redis' list as of `version`; returns whose coming is news."""
        return [user for user, member in listed.items() if self.add(user, member, version)]

    def purge(self, listed: Mapping[str, str], version: int) -> list[str]:
        """Drop who is not in the list; returns whose going is news."""
        gone = [user_id for user_id in self.members if user_id not in listed]
        return [user_id for user_id in gone if self.remove(user_id, version)]

    def snapshot(self) -> dict[str, Any]:
        """As `subscription_succeeded` has it."""
        hashed = {user: frames.loads(member) for user, member in self.members.items()}
        info = {user: member.get("user_info") for user, member in hashed.items()}
        return {"presence": {"count": len(info), "ids": list(info), "hash": info}}

    def _prune(self, now: int) -> None:
        if len(self._versions) > PRUNE_AT:
            oldest = now - REMEMBERED
            self._versions = {
                user: version
                for user, version in self._versions.items()
                if user in self.members or version > oldest
            }
