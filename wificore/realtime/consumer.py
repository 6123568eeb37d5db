"""One socket: a Channels consumer that speaks protocol 7.

    connect -> accepted -> handshake's rules -> in the hub -> pusher:connection_established
    receive -> one frame at a time; whatever is wrong with one costs the socket that frame only
    disconnect (or our own close) -> out of every channel, out of the hub

Frames to the client go through its wire, which never waits; answers and events keep their order.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from wificore.kernel import logging
from wificore.realtime import client_events, frames, handshake, metrics, subscribing, wire
from wificore.realtime.handshake import Refusal
from wificore.realtime.hub import Hub
from wificore.realtime.limits import CLIENT_EVENTS_PER_SECOND
from wificore.realtime.rate import Rate
from wificore.realtime.registry import App, RegistryAway

log = logging.get(__name__)

TRY_LATER = Refusal(4100, "Try again later")
FULL = Refusal(frames.OVER_QUOTA, "The app has as many connections as it may")
RESTARTING = Refusal(frames.RESTARTING, "The server restarts: connect again")


class SocketConsumer(AsyncConsumer):
    """See above.

    Args:
        hub: of this process. platform_host: serves every app.
    """

    def __init__(self, hub: Hub, platform_host: str) -> None:
        self.hub = hub
        self._platform_host = platform_host
        self.id = f"{secrets.randbelow(10**9) + 1}.{secrets.randbelow(10**9) + 1}"
        self.app_id = ""
        self.user_id: str | None = None
        # Channel -> the user's id in it, if it is a presence channel.
        self.subscriptions: dict[str, str | None] = {}
        self.rate = Rate(CLIENT_EVENTS_PER_SECOND)
        self._wire: wire.Wire | None = None
        self._pinged_at: float | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' own hop to a thread for each message, which closes old database
        connections: there are none here, and it cost most of the time (measured, REALTIME)."""
        await HANDLERS[message["type"]](self, message)

    # -- what the hub and other modules use

    @property
    def app(self) -> App:
        """The app as it is now; it may change while we are connected."""
        return self.hub.apps[self.app_id].app

    def offer(self, frame: bytes) -> None:
        if self._wire is not None:
            self._wire.offer(frame)

    def finish(self, code: int, message: str) -> None:
        if self._wire is not None:
            self._wire.finish(code, message)

    def say(self, frame: str) -> None:
        """Send a frame made for this socket."""
        made = wire.text(frame)
        metrics.MESSAGES_OUT.inc()
        metrics.BYTES_OUT.inc(len(made))
        self.offer(made)

    def watch(self, now: float) -> None:
        """Ping a silent client, and give up one that does not answer."""
        if self._wire is None:
            return
        conf, heard = self.hub.conf, self._wire.heard
        if self._pinged_at is not None and heard > self._pinged_at:
            self._pinged_at = None
        if self._pinged_at is None:
            if now - heard >= conf.activity_s:
                self._pinged_at = now
                self.say(frames.PING)
        elif now - self._pinged_at >= conf.pong_s:
            self.finish(frames.NO_PONG, "Pong reply not received in time")

    # -- ASGI

    async def connect(self, _message: dict[str, Any]) -> None:
        await self.send({"type": "websocket.accept"})
        self._wire = self.scope["extensions"][wire.EXTENSION]
        refused = await self._admitted()
        if refused is not None:
            metrics.REFUSED.labels(str(refused.code)).inc()
            self.finish(refused.code, refused.message)
            return
        self.say(frames.established(self.id, int(self.hub.conf.activity_s)))

    async def _admitted(self) -> Refusal | None:
        """The handshake's rules, then a place in the hub."""
        asked = handshake.read(self.scope)
        if asked is None:
            return Refusal(frames.PATH_NOT_FOUND, "Connect to /app/<key>")
        if self.hub.stopping:
            return RESTARTING
        try:
            app = await self.hub.registry.by_key(asked.key)
        except RegistryAway:
            return TRY_LATER
        refused = handshake.refusal(asked, app, self._platform_host)
        if refused is not None or app is None:
            return refused
        if not await self.hub.admit(app, self):
            return FULL
        self.app_id = app.id
        # Stopped while we waited: nobody else would tell this socket.
        return RESTARTING if self.hub.stopping else None

    async def receive(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        metrics.MESSAGES_IN.inc()
        metrics.BYTES_IN.inc(len(text or message.get("bytes") or ""))
        if not self.app_id:
            return
        try:
            if text is None:
                raise frames.Malformed
            await self._handle(frames.parse(text))
        except frames.Malformed:
            metrics.MALFORMED.inc()
            self.say(frames.error(4200, frames.INVALID))
        except Exception:  # one frame's fault must not cost the socket
            log.exception("frame not handled", app_id=self.app_id)
            self.say(frames.error(4200, "The frame could not be handled"))

    async def _handle(self, frame: frames.Frame) -> None:
        if frame.event == "pusher:ping":
            self.say(frames.PONG)
        elif frame.event == "pusher:subscribe":
            await subscribing.subscribe(self, frame.data)
        elif frame.event == "pusher:unsubscribe":
            subscribing.unsubscribe(self, frame.data)
        elif frame.event == "pusher:signin":
            subscribing.sign_in(self, frame.data)
        elif frame.event.startswith("client-"):
            client_events.relay(self, frame, asyncio.get_running_loop().time())
        # Anything else is not for us: newer clients may say more than we know.

    async def disconnect(self, _message: dict[str, Any]) -> None:
        if self.app_id:
            for name in tuple(self.subscriptions):
                subscribing.leave(self, name)
            self.hub.release(self.app, self)
        self._wire = None
        raise StopConsumer


HANDLERS: dict[str, Callable[[SocketConsumer, dict[str, Any]], Awaitable[None]]] = {
    "websocket.connect": SocketConsumer.connect,
    "websocket.receive": SocketConsumer.receive,
    "websocket.disconnect": SocketConsumer.disconnect,
}
