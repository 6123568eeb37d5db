"""What comes over Redis for every process, and what a process does about it (messages.py)."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wificore.kernel import logging
from wificore.realtime import frames, metrics, names
from wificore.realtime.local import LocalApp

if TYPE_CHECKING:
    from wificore.realtime.hub import Hub

log = logging.get(__name__)

# In a message that an app's entry changed; a false alarm costs one SELECT.
APP_CHANGED = b'"app"'


class Bus:
    """Acts on messages, one after the other."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def take(self, redis_channel: str, data: bytes) -> None:
        """A message of another process, or our own."""
        app_id = names.app_of_bus(redis_channel)
        local = self._hub.apps.get(app_id)
        if local is None:
            if APP_CHANGED in data:
                self._hub.registry.forget(app_id)
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
            self._hub.membership.take(local, message)
        elif kind == "user":
            channel = names.user_channel(message["user"])
            signed_in = tuple(local.signed_in.get(message["user"], ()))
            await self._hub.fan_out(signed_in, _frame(message, channel))
        elif kind == "terminate":
            code = message.get("code", frames.UNAUTHORISED)
            for socket in local.known_as(message.get("user")):
                socket.finish(code, "Your connections were ended")
        elif kind == "bind":
            socket_ = local.sockets.get(message["socket"])
            if socket_ is not None:
                local.bind(message["user"], socket_)
        elif kind == "app":
            self._hub.registry.forget(local.app.id)
            self._hub.spawn(self._hub.look_again(local))

    async def _event(self, local: LocalApp, message: dict[str, Any]) -> None:
        for name in message["channels"]:
            channel = local.channels.get(name)
            if channel is None:
                continue
            channel.served += "client" not in message
            frame = _frame(message, name)
            await self._hub.fan_out(tuple(channel.sockets), frame, message.get("except"))
        if "t" in message:
            late = time.time() - message["t"] / 1000
            metrics.PUBLISH_TO_SEND.observe(max(late, 0.0))


def _frame(message: Mapping[str, Any], channel: str) -> str:
    more = {name: message[name] for name in ("user_id", "seq") if name in message}
    return frames.event(message["event"], message["data"], channel, **more)
