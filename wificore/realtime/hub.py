"""One process' half of every app: its sockets, and its link to the other processes.

    socket --subscribe--> Hub --steps of lua/state.lua--> Redis      who is where, over all nodes
    Redis --rt:<app_id>--> Hub --one frame, made once--> every socket of the channel here

Nothing here waits for a socket, and nothing but Redis is asked. Redis may go away and come back:
sockets stay, and the node then says everything again under a new name (`_renew`), before the old
name's things are taken away, so that nobody seems to have left.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from typing import Any

from wificore.kernel import logging
from wificore.realtime import frames, metrics, names, state, wire
from wificore.realtime.bus import Bus
from wificore.realtime.conf import RealtimeConf
from wificore.realtime.keeping import Keeper
from wificore.realtime.link import Link, LinkDown, Script, end
from wificore.realtime.local import LocalApp, LocalChannel, Socket
from wificore.realtime.membership import Membership
from wificore.realtime.presence import Member
from wificore.realtime.registry import App, Registry, RegistryAway

log = logging.get(__name__)

# Sockets that get a frame before others have their turn.
SLICE = 500
RESYNC = frames.event("wificore:resync", "{}")


class Hub:
    """See above.

    Args:
        url: of the Redis database.
    """

    def __init__(self, url: str, conf: RealtimeConf, registry: Registry) -> None:
        self.conf = conf
        self.registry = registry
        self.apps: dict[str, LocalApp] = {}
        self.node = _new_node()
        self.stopping = False
        self.link = Link(url, {names.EVERY_BUS: Bus(self).take}, self._on_up)
        self._keeper = Keeper(self)
        self.membership = Membership(self)
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
        finally:
            while self._tasks:  # one that ends may have begun another
                await end(self._tasks)
                await asyncio.sleep(0)

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
            mirror = await self.membership.join(local, channel, member)
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

    # -- events

    def publish(self, app: App, message: Mapping[str, Any]) -> None:
        """Say something to every process' hub, this one's too; lost while Redis is away."""
        self._post(("PUBLISH", names.bus(app.id), frames.dumps(message)))

    def tell_webhook(self, app: App, kind: str, **fields: Any) -> None:
        if app.wants(kind):
            self._post(state.hook(app, kind, fields))

    async def fan_out(
        self, sockets: tuple[Socket, ...], frame: str, except_id: str | None = None
    ) -> None:
        """Give a frame, made once, to sockets of this process; others have turns in between."""
        bytes_ = wire.text(frame)
        for start in range(0, len(sockets), SLICE):
            if start:
                await asyncio.sleep(0)
            for socket in sockets[start : start + SLICE]:
                if socket.id != except_id:
                    socket.offer(bytes_)
        metrics.MESSAGES_OUT.inc(len(sockets))
        metrics.BYTES_OUT.inc(len(sockets) * len(bytes_))

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
                self.spawn(self.fan_out(tuple(local.sockets.values()), RESYNC))
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
            self.spawn(self.membership.rejoin(local, channel))

    def _post(self, command: Any) -> None:
        if not self.stopping:
            self.link.post(command)


def _new_node() -> str:
    return secrets.token_hex(8)
