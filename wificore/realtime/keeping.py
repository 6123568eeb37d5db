"""The clock of a hub: signs of life, dead nodes, silent sockets.

A node that gives no sign for a lease (kill -9, a cable) is set aside as dead by whoever looks
first; its subscriptions, members and sockets are then taken away step by step, each exactly once
however many processes sweep (lua/state.lua, `forget`).
"""

import asyncio
from typing import TYPE_CHECKING, Any

from wificore.kernel import logging
from wificore.realtime import state
from wificore.realtime.link import LinkDown
from wificore.realtime.registry import App, RegistryAway

if TYPE_CHECKING:
    from wificore.realtime.hub import Hub

log = logging.get(__name__)

LOOK_S = 1.0
APP_AGE_S = 60.0
APPS_AT_ONCE = 20


class Keeper:
    """See above."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def run(self) -> None:
        """Until cancelled; no outage ends it."""
        loop = asyncio.get_running_loop()
        beat_at = 0.0
        while True:
            self._look_at_sockets(loop.time())
            self._look_at_apps(loop.time())
            if loop.time() >= beat_at:
                beat_at = loop.time() + self._hub.conf.beat_s
                try:
                    await self._beat(loop.time())
                except (LinkDown, RegistryAway) as error:
                    log.debug("no sign of life", error=str(error))
            await asyncio.sleep(min(LOOK_S, self._hub.conf.beat_s))

    async def bury(self) -> None:
        """This node ends: take its own things away."""
        conf, node = self._hub.conf, self._hub.node
        await self._hub.link.ask(state.beat(node, conf.lease_s, "gone", look=False))
        await self._take_away(node)

    def _look_at_sockets(self, now: float) -> None:
        for socket in self._hub.sockets():
            socket.watch(now)

    def _look_at_apps(self, now: float) -> None:
        """In case the message that an app was changed was lost."""
        due = [app for app in self._hub.apps.values() if now - app.looked_at > APP_AGE_S]
        for local in due[:APPS_AT_ONCE]:
            self._hub.spawn(self._hub.look_again(local))

    async def _beat(self, now: float) -> None:
        link, conf = self._hub.link, self._hub.conf
        # After an outage others are as late as we were: give them a lease's time.
        look = link.is_up and now - link.up_since > conf.lease_s
        known, *dead = await link.ask(state.beat(self._hub.node, conf.lease_s, "again", look=look))
        if not known:
            log.warning("this node was given up by the others; it starts anew")
            self._hub.renew()
        for node in dead:
            await self._take_away(node.decode())

    async def _take_away(self, node: str) -> None:
        link = self._hub.link
        for entry in await link.ask(("SMEMBERS", state.apps_of(node))):
            app = await self._app(*entry.decode().split(" ", 1))
            while await link.ask(state.forget(app, node)):
                pass
        await link.ask(("DEL", state.apps_of(node)))
        await link.ask(("SREM", state.DEAD, node))

    async def _app(self, schema: str, app_id: str) -> App:
        found: Any = await self._hub.registry.by_id(app_id)
        # Of a tenant that was deleted meanwhile only the keys are left to be taken away.
        return found or App(id=app_id, key="", secrets=(), schema=schema, slug="")
