"""Presence in one process: members go to Redis, and news of them to sockets.

Redis decides who came and went (lua/state.lua); each list that this process has sockets for is kept
in a mirror (presence.py), whose changes are what sockets are told.
"""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

from wificore.realtime import frames, limits, metrics, state, wire
from wificore.realtime.link import LinkDown
from wificore.realtime.local import LocalApp, LocalChannel
from wificore.realtime.presence import Member, Mirror

if TYPE_CHECKING:
    from wificore.realtime.hub import Hub


class ChannelFull(Exception):
    """A presence channel has as many members as it may."""


class Membership:
    """See above."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def join(self, local: LocalApp, channel: LocalChannel, member: Member) -> Mirror:
        """Make sure that Redis and the mirror have the member."""
        step = state.join(
            local.app,
            self._hub.node,
            channel.name,
            member.user_id,
            member.json,
            all_=channel.mirror is None,
        )
        try:
            answer = await self._hub.link.ask(step)
        except LinkDown:
            return self._join_alone(channel, member)
        if not answer[0]:
            raise ChannelFull
        version, stored, pairs = int(answer[1]), answer[2].decode(), answer[3]
        mirror = self._mirror(channel)
        if pairs:
            self._load(channel, _pairs(pairs), version)
        if mirror.add(member.user_id, stored, version):
            self._send(channel, frames.member_added(channel.name, stored))
        return mirror

    def _join_alone(self, channel: LocalChannel, member: Member) -> Mirror:
        """Without Redis: this process' part of the list, until all is said again."""
        mirror = self._mirror(channel)
        if member.user_id not in mirror.members and len(mirror.members) >= limits.MEMBERS:
            raise ChannelFull
        if mirror.add(member.user_id, member.json, int(time.time() * 1_000_000)):
            self._send(channel, frames.member_added(channel.name, member.json))
        return mirror

    def _mirror(self, channel: LocalChannel) -> Mirror:
        if channel.mirror is None:
            channel.mirror = Mirror()
        return channel.mirror

    def _load(self, channel: LocalChannel, listed: Mapping[str, str], version: int) -> None:
        for user_id in self._mirror(channel).load(listed, version):
            self._send(channel, frames.member_added(channel.name, listed[user_id]))

    def _purge(self, channel: LocalChannel, listed: Mapping[str, str], version: int) -> None:
        for user_id in self._mirror(channel).purge(listed, version):
            self._send(channel, frames.member_removed(channel.name, user_id))

    def take(self, local: LocalApp, message: dict[str, Any]) -> None:
        channel = local.channels.get(message["channel"])
        if channel is None or channel.mirror is None:
            return
        user_id, version = message["user_id"], int(message["v"])
        if message["action"] == "added":
            if channel.mirror.add(user_id, message["member"], version):
                self._send(channel, frames.member_added(channel.name, message["member"]))
        elif channel.mirror.remove(user_id, version):
            self._send(channel, frames.member_removed(channel.name, user_id))

    async def rejoin(self, local: LocalApp, channel: LocalChannel) -> None:
        """All of this process' members, then the list anew: who came at once, and who is not there
        after a lease, for other processes may say their part later than we do."""
        listed, version = await self._join_again(local, channel)
        self._load(channel, listed, version)
        await asyncio.sleep(self._hub.conf.lease_s)
        if channel.holdings:
            listed, version = await self._join_again(local, channel)
            self._load(channel, listed, version)
            self._purge(channel, listed, version)

    async def _join_again(
        self, local: LocalApp, channel: LocalChannel
    ) -> tuple[Mapping[str, str], int]:
        """Redis' list and its version after all of this process' members are in it."""
        answers: list[Awaitable[Any]] = []
        for user_id, holding in channel.holdings.items():
            text = holding.member.json
            step = state.join(local.app, self._hub.node, channel.name, user_id, text, all_=True)
            answers.append(self._hub.link.ask(step))
        taken = [answer for answer in await asyncio.gather(*answers) if answer[0]]
        if not taken:
            return {}, 0
        _, version, _member, pairs = taken[-1]
        return _pairs(pairs), int(version)

    def _send(self, channel: LocalChannel, frame: str) -> None:
        """A presence frame, in order with what follows: at most `limits.MEMBERS` users."""
        bytes_ = wire.text(frame)
        for socket in channel.sockets:
            socket.offer(bytes_)
        metrics.MESSAGES_OUT.inc(len(channel.sockets))
        metrics.BYTES_OUT.inc(len(channel.sockets) * len(bytes_))


def _pairs(answer: list[bytes]) -> dict[str, str]:
    """HGETALL's answer."""
    texts = [each.decode() for each in answer]
    return dict(zip(texts[::2], texts[1::2], strict=True))
