"""One process' half of every app: its sockets, and its link to the other processes.

    socket --subscribe--> Hub --steps of lua/state.lua--> Redis      who is where, over all nodes
    Redis --rt:<app_id>--> Hub --one frame, made once--> every socket of the channel here

Nothing here waits for a socket, and nothing but Redis is asked. Redis may go away and come back:
sockets stay, and the node then says everything again under a new name (`_renew`), before the old
name's things are taken away, so that nobody seems to have left.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from wificore.kernel import logging
from wificore.realtime import frames, limits, metrics, names, state, wire
from wificore.realtime.conf import RealtimeConf
from wificore.realtime.keeping import Keeper
from wificore.realtime.link import Handler, Link, LinkDown, Script
from wificore.realtime.local import LocalApp, LocalChannel, Socket
from wificore.realtime.presence import Member, Mirror
from wificore.realtime.registry import App, Registry, RegistryAway

log = logging.get(__name__)

# Sockets that get a frame before others have their turn.
SLICE = 500
# In a message of this kind; a false alarm costs one SELECT.
APP_CHANGED = b'"app"'
RESYNC = frames.event("wificore:resync", "{}")


class ChannelFull(Exception):
    """A presence channel has as many members as it may."""


class Hub:
    """See above.

    Args:
        url: of the Redis database. handlers: of further patterns of Redis channels (the bridge's).
    """

    def __init__(
        self,
        url: str,
        conf: RealtimeConf,
        registry: Registry,
        handlers: Mapping[str, Handler] | None = None,
    ) -> None:
        self.conf = conf
        self.registry = registry
        self.apps: dict[str, LocalApp] = {}
        self.node = _new_node()
        self.stopping = False
        self.link = Link(url, {names.EVERY_BUS: self._take, **(handlers or {})}, self._on_up)
        self._keeper = Keeper(self)
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- life

    def start(self) -> None:
        self.spawn(self.link.run())
        self.spawn(self._keeper.run())

    async def stop(self) -> None:
        """Sockets are gone by now: take this node's things away and let go."""
        self.stopping = True
        try:
            async with asyncio.timeout(self.conf.lease_s):
                await self._keeper.bury()
        except (LinkDown, RegistryAway, TimeoutError):
            log.warning("not signed off; other processes will notice")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, job: Any) -> None:
        """Run it beside; what goes wrong in it is logged."""
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, LinkDown):
            log.error("a task of the hub failed", exc_info=error)

    def sockets(self) -> list[Socket]:
        return [socket for local in self.apps.values() for socket in local.sockets.values()]

    # -- sockets

    async def admit(self, app: App, socket: Socket) -> bool:
        """Take a socket in; False if the app has as many as it may, over all processes."""
        local = self._local(app)
        local.connecting += 1
        try:
            if len(local.sockets) + local.connecting > app.max_connections:
                return False
            if not await self._room(local):
                return False
            local.sockets[socket.id] = socket
        finally:
            local.connecting -= 1
            self._drop_if_empty(local)
        metrics.CONNECTED.inc()
        metrics.CONNECTIONS.inc()
        return True

    async def _room(self, local: LocalApp) -> bool:
        try:
            return bool(await self.link.ask(state.connect(local.app, self.node)))
        except LinkDown:
            return True  # counted by this process alone until Redis is back

    def release(self, app: App, socket: Socket) -> None:
        """A socket is gone and in no channel any more."""
        local = self.apps.get(app.id)
        if local is None or local.sockets.pop(socket.id, None) is None:
            return
        local.unbind(socket)
        metrics.CONNECTED.dec()
        metrics.DISCONNECTIONS.inc()
        self._post(state.disconnect(local.app, self.node))
        self._drop_if_empty(local)

    def _local(self, app: App) -> LocalApp:
        local = self.apps.get(app.id)
        if local is None:
            local = self.apps[app.id] = LocalApp(app)
            local.looked_at = asyncio.get_running_loop().time()
            self._post(("SADD", state.apps_of(self.node), state.tag(app)))
        return local

    def _drop_if_empty(self, local: LocalApp) -> None:
        if not local.sockets and not local.connecting:
            self.apps.pop(local.app.id, None)

    # -- channels

    async def enter(self, app: App, name: str, socket: Socket) -> LocalChannel:
        """Subscribe a socket to a channel; returns when all processes count it."""
        local = self.apps[app.id]
        channel = local.channel(name)
        channel.joining += 1
        try:
            with contextlib.suppress(LinkDown):  # said again when Redis is back
                await self.link.ask(self._count(local, channel))
        finally:
            channel.joining -= 1
        channel.sockets.add(socket)
        return channel

    async def enter_presence(
        self, app: App, name: str, socket: Socket, member: Member
    ) -> dict[str, Any]:
        """Subscribe to a presence channel; returns the list of members.

        Raises:
            ChannelFull: there is no room for one more user.
        """
        local = self.apps[app.id]
        channel = local.channel(name)
        channel.hold(member)
        channel.joining += 1
        try:
            self._post(self._count(local, channel))
            mirror = await self._join(local, channel, member)
        except BaseException:
            channel.joining -= 1
            self._let_go(local, channel, member.user_id)
            self._post(self._count(local, channel))
            local.drop_if_idle(channel)
            raise
        channel.joining -= 1
        channel.sockets.add(socket)
        local.bind(member.user_id, socket)
        return mirror.snapshot()

    def exit(self, app: App, name: str, socket: Socket, user_id: str | None) -> None:
        """Unsubscribe; `user_id` if it is a presence channel."""
        local = self.apps[app.id]
        channel = local.channels[name]
        channel.sockets.discard(socket)
        if user_id is not None:
            self._let_go(local, channel, user_id)
        self._post(self._count(local, channel))
        local.drop_if_idle(channel)

    def _count(self, local: LocalApp, channel: LocalChannel) -> Script:
        return state.count(local.app, self.node, channel.name, channel.subscriptions)

    def _let_go(self, local: LocalApp, channel: LocalChannel, user_id: str) -> None:
        if channel.let_go(user_id):
            self._post(state.leave(local.app, self.node, channel.name, user_id))

    async def _join(self, local: LocalApp, channel: LocalChannel, member: Member) -> Mirror:
        """Make sure that Redis and the mirror have the member."""
        step = state.join(
            local.app,
            self.node,
            channel.name,
            member.user_id,
            member.json,
            all_=channel.mirror is None,
        )
        try:
            answer = await self.link.ask(step)
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

    # -- events

    def publish(self, app: App, message: Mapping[str, Any]) -> None:
        """Say something to every process' hub, this one's too; lost while Redis is away."""
        self._post(("PUBLISH", names.bus(app.id), frames.dumps(message)))

    def tell_webhook(self, app: App, kind: str, **fields: Any) -> None:
        if app.wants(kind):
            self._post(state.hook(app, kind, fields))

    async def deliver(
        self, app_id: str, channel_name: str, frame: str, except_id: str | None = None
    ) -> None:
        """Give a frame to every socket of the channel in this process."""
        local = self.apps.get(app_id)
        channel = local.channels.get(channel_name) if local else None
        if channel is None:
            return
        await self._fan_out(tuple(channel.sockets), frame, except_id)

    async def _fan_out(
        self, sockets: tuple[Socket, ...], frame: str, except_id: str | None = None
    ) -> None:
        bytes_ = wire.text(frame)
        for start in range(0, len(sockets), SLICE):
            if start:
                await asyncio.sleep(0)
            for socket in sockets[start : start + SLICE]:
                if socket.id != except_id:
                    socket.offer(bytes_)
        metrics.MESSAGES_OUT.inc(len(sockets))
        metrics.BYTES_OUT.inc(len(sockets) * len(bytes_))

    def _send(self, channel: LocalChannel, frame: str) -> None:
        """A presence frame, in order with what follows: at most `limits.MEMBERS` users."""
        bytes_ = wire.text(frame)
        for socket in channel.sockets:
            socket.offer(bytes_)
        metrics.MESSAGES_OUT.inc(len(channel.sockets))
        metrics.BYTES_OUT.inc(len(channel.sockets) * len(bytes_))

    async def _take(self, redis_channel: str, data: bytes) -> None:
        """A message of another process, or our own."""
        app_id = names.app_of_bus(redis_channel)
        local = self.apps.get(app_id)
        if local is None:
            if APP_CHANGED in data:
                self.registry.forget(app_id)
            return
        metrics.EVENTS.inc()
        try:
            message = json.loads(data)
            await self._act(local, message)
        except (ValueError, KeyError, TypeError, AttributeError, frames.Malformed):
            log.exception("not understood", redis_channel=redis_channel)

    async def _act(self, local: LocalApp, message: dict[str, Any]) -> None:
        kind = message["k"]
        if kind == "event":
            await self._event(local, message)
        elif kind == "member":
            self._member(local, message)
        elif kind == "user":
            channel = names.user_channel(message["user"])
            signed_in = tuple(local.signed_in.get(message["user"], ()))
            await self._fan_out(signed_in, _frame(message, channel))
        elif kind == "terminate":
            code = message.get("code", frames.UNAUTHORISED)
            for socket in local.known_as(message.get("user")):
                socket.finish(code, "Your connections were ended")
        elif kind == "bind":
            socket_ = local.sockets.get(message["socket"])
            if socket_ is not None:
                local.bind(message["user"], socket_)
        elif kind == "app":
            self.registry.forget(local.app.id)
            self.spawn(self.look_again(local))

    async def _event(self, local: LocalApp, message: dict[str, Any]) -> None:
        for name in message["channels"]:
            channel = local.channels.get(name)
            if channel is None:
                continue
            channel.served += "client" not in message
            frame = _frame(message, name)
            await self._fan_out(tuple(channel.sockets), frame, message.get("except"))
        if "t" in message:
            late = time.time() - message["t"] / 1000
            metrics.PUBLISH_TO_SEND.observe(max(late, 0.0))

    def _member(self, local: LocalApp, message: dict[str, Any]) -> None:
        channel = local.channels.get(message["channel"])
        if channel is None or channel.mirror is None:
            return
        user_id, version = message["user_id"], int(message["v"])
        if message["action"] == "added":
            if channel.mirror.add(user_id, message["member"], version):
                self._send(channel, frames.member_added(channel.name, message["member"]))
        elif channel.mirror.remove(user_id, version):
            self._send(channel, frames.member_removed(channel.name, user_id))

    async def look_again(self, local: LocalApp) -> None:
        """The app's entry changed: what it forbids now ends."""
        local.looked_at = asyncio.get_running_loop().time()
        try:
            app = await self.registry.by_id(local.app.id)
        except RegistryAway:
            return  # what is known stays in force
        if app is not None and app.open:
            local.app = app
            return
        for socket in tuple(local.sockets.values()):
            socket.finish(frames.APP_DISABLED, "The app is disabled")

    # -- Redis came back

    def _on_up(self, first: bool) -> None:
        self.renew()
        if not first:
            metrics.RESYNCS.inc()
            self.registry.forget_all()
            for local in self.apps.values():
                self.spawn(self._fan_out(tuple(local.sockets.values()), RESYNC))
                local.looked_at = 0.0

    def renew(self) -> None:
        """Say everything again under a new name, then take the old name's things away."""
        old, self.node = self.node, _new_node()
        self._post(state.beat(self.node, self.conf.lease_s, "new", look=False))
        for local in self.apps.values():
            self._post(("SADD", state.apps_of(self.node), state.tag(local.app)))
            sockets = len(local.sockets) + local.connecting
            self._post(state.connected(local.app, self.node, sockets))
            for channel in local.channels.values():
                self._say_again(local, channel)
        self._post(state.beat(old, self.conf.lease_s, "gone", look=False))

    def _say_again(self, local: LocalApp, channel: LocalChannel) -> None:
        self._post(self._count(local, channel))
        if channel.holdings:
            self.spawn(self._rejoin(local, channel))

    async def _rejoin(self, local: LocalApp, channel: LocalChannel) -> None:
        """All of this process' members, then the list anew: who came at once, and who is not there
        after a lease, for other processes may say their part later than we do."""
        listed, version = await self._join_again(local, channel)
        self._load(channel, listed, version)
        await asyncio.sleep(self.conf.lease_s)
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
            step = state.join(local.app, self.node, channel.name, user_id, text, all_=True)
            answers.append(self.link.ask(step))
        taken = [answer for answer in await asyncio.gather(*answers) if answer[0]]
        if not taken:
            return {}, 0
        _, version, _member, pairs = taken[-1]
        return _pairs(pairs), int(version)

    def _post(self, command: Any) -> None:
        if not self.stopping:
            self.link.post(command)


def _frame(message: Mapping[str, Any], channel: str) -> str:
    more = {name: message[name] for name in ("user_id", "seq") if name in message}
    return frames.event(message["event"], message["data"], channel, **more)


def _pairs(answer: list[bytes]) -> dict[str, str]:
    """HGETALL's answer."""
    texts = [each.decode() for each in answer]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _new_node() -> str:
    return secrets.token_hex(8)


def finish_all(sockets: Iterable[Socket], code: int, message: str) -> None:
    for socket in sockets:
        socket.finish(code, message)
