"""Posts what apps' webhooks are to be told, from every realtime process.

One app's batches go out one after the other, whichever process takes them (lua/hooks.lua): a batch
stays in Redis until the endpoint has answered 2xx, so that it survives the process, and arrives at
least once. What fails is tried again ever more rarely, for a day.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus

import requests
from django.conf import settings

from wificore.kernel import logging, outbound
from wificore.realtime import metrics, names, state
from wificore.realtime.hub import Hub
from wificore.realtime.link import LinkDown, Script
from wificore.realtime.registry import App, RegistryAway

from .body import body, headers

log = logging.get(__name__)

LOOK_S = 0.5
BATCH = 50
LIMITS = outbound.Limits(connect_s=3, answer_s=5, whole_s=10, octets=16 * 1024, cut=True)
# Longer than a try can take.
LEASE_MS = 30_000
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 5 * 60_000
WHOLE_MS = 24 * 3_600_000
# Endpoints that are written to at the same time.
THREADS = 8


class Sender:
    """See above; `run` in the loop of a hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._busy: set[str] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")

    async def run(self) -> None:
        """Until cancelled; no outage ends it."""
        try:
            while True:
                with suppress(LinkDown):  # what waits, waits in Redis
                    await self._look()
                await asyncio.sleep(LOOK_S)
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> None:
        for member in await self._hub.link.ask(("SMEMBERS", state.HOOKS)):
            tag = member.decode()
            if tag not in self._busy and len(self._busy) < THREADS:
                self._busy.add(tag)
                self._hub.spawn(self._serve(tag))

    async def _serve(self, tag: str) -> None:
        """One app, until nothing more can be sent now."""
        try:
            while await self._send_next(tag):
                pass
        except (LinkDown, RegistryAway) as error:
            log.debug("webhooks wait", app=tag, error=type(error).__name__)
        finally:
            self._busy.discard(tag)

    async def _send_next(self, tag: str) -> bool:
        """Send a batch; whether to look for another one."""
        schema, app_id = tag.split(" ", 1)
        app = await self._hub.registry.by_id(app_id)
        if app is None or not app.open or not app.webhook_url:
            await self._step(tag, "drop")
            return False
        batch = await self._step(tag, "take", BATCH, LEASE_MS)
        if not batch:
            return False
        loop = asyncio.get_running_loop()
        error = await loop.run_in_executor(self._threads, post, app, batch)
        if not error:
            metrics.WEBHOOKS.labels("sent").inc()
            await self._step(tag, "done")
            return True
        metrics.WEBHOOKS.labels("failed").inc()
        pauses = (FIRST_PAUSE_MS, LONGEST_PAUSE_MS, WHOLE_MS)
        since_ms = await self._step(tag, "failed", *pauses)
        told = log.warning if since_ms else log.error
        told("webhook not taken", tenant=schema, given_up=not since_ms, error=error)
        return False

    def _step(self, tag: str, step: str, *more: int) -> "asyncio.Future[list[bytes]]":
        schema, app_id = tag.split(" ", 1)
        parts = ("hooks", "sending", "sender", "sender-lease")
        keys = (*(names.key(schema, app_id, part) for part in parts), state.HOOKS)
        return self._hub.link.ask(Script("hooks", keys, (step, self._hub.node, tag, *more)))


def post(app: App, batch: Sequence[bytes]) -> str:
    """One try. Empty: the endpoint took it; otherwise why not."""
    content = body(batch)
    networks = settings.OUTBOUND_PRIVATE_NETWORKS
    try:
        with outbound.guarded_session(networks, LIMITS) as session:
            answer = session.post(app.webhook_url, data=content, headers=headers(app, content))
    except requests.RequestException as error:
        return outbound.reason(error)
    # A redirection is not followed, so what it leads to has not got it.
    taken = HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    return "" if taken else f"HTTP {answer.status_code}"
