"""Sends what is due for one tenant: this thread speaks to the database, others speak HTTP.

    take    endpoints with something due that no other runner has
    fill    up to PER_ENDPOINT requests under way for each, THREADS for the tenant
    record  each outcome as it comes
    leave   when nothing is due, or after BUDGET_S, so that other tenants get their turn: what no
            request is under way for is given back at once, and another runner may have it

A slow server holds PER_ENDPOINT threads of its own tenant's runner and no others; after the first
failures it is left alone (`records.quiet`), so that it seldom holds even these.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings

from wificore.kernel.crypto import DecryptionError

from ..models import Delivery, Endpoint
from ..selectors import signing_secrets
from . import records
from .fan_out import event_of, may_see
from .queue import Hold, next_of
from .request import Outcome, Outgoing, post

PER_ENDPOINT, THREADS = 4, 16
BUDGET_S = 20.0
# How soon an endpoint is taken that gets something to do while others are slow.
LOOK_S = 0.5
UNREADABLE = "The endpoint's secret cannot be decrypted with our keys: rotate it."
TESTED = "webhook.tested"


@dataclass(frozen=True, slots=True)
class _Flight:
    """A request under way."""

    delivery: Delivery
    url: str


class Runner:
    """One run for the active tenant."""

    def __init__(self, more: Callable[[], None]) -> None:
        """`more` asks for another runner."""
        self._more = more
        self._hold = Hold()
        self._flights: dict[Future[Outcome], _Flight] = {}
        self._renew_s = settings.WEBHOOKS.lease_s / 3
        self._renewed = time.monotonic()
        self._leaving = False

    def run(self) -> bool:
        """Send; returns whether it had anything to do."""
        until = time.monotonic() + BUDGET_S
        if not self._hold.take():
            return False
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                self._work(pool, until)
            finally:
                self._hold.release()
        return True

    def _work(self, pool: ThreadPoolExecutor, until: float) -> None:
        self._fill(pool)
        while self._flights:
            self._collect()
            if time.monotonic() < until:
                self._hold.take()
                self._fill(pool)
            elif not self._leaving:
                self._leave()

    def _collect(self) -> None:
        """Wait a little for answers, and record them."""
        self._renew()
        done, _ = wait(self._flights, LOOK_S, FIRST_COMPLETED)
        for future in done:
            flight = self._flights.pop(future)
            records.record(flight.delivery, flight.url, future.result())

    def _leave(self) -> None:
        self._leaving = True
        self._hold.release(but={flight.delivery.endpoint_id for flight in self._flights.values()})
        self._more()

    def _fill(self, pool: ThreadPoolExecutor) -> None:
        for endpoint in self._hold.mine():
            under_way = [
                flight.delivery.pk
                for flight in self._flights.values()
                if flight.delivery.endpoint_id == endpoint.pk
            ]
            free = min(PER_ENDPOINT - len(under_way), THREADS - len(self._flights))
            if free > 0:
                for delivery in next_of(endpoint, free, under_way):
                    self._send(pool, endpoint, delivery)

    def _send(self, pool: ThreadPoolExecutor, endpoint: Endpoint, delivery: Delivery) -> None:
        if delivery.type != TESTED and not may_see(endpoint, event_of(delivery)):
            records.refuse(delivery)
            return
        try:
            secrets = signing_secrets(endpoint)
        except DecryptionError:
            records.record(delivery, endpoint.url, Outcome(None, 0, error=UNREADABLE))
            return
        outgoing = Outgoing(endpoint.url, str(delivery.event_id), delivery.body.encode(), secrets)
        self._flights[pool.submit(post, outgoing)] = _Flight(delivery, endpoint.url)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > self._renew_s:
            self._renewed = time.monotonic()
            self._hold.renew()
