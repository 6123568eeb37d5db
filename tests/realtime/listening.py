"""What goes out on Redis for one app, as every realtime process hears it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings

from wificore.realtime import names


class Bus:
    """The Redis channel of one app, from now on."""

    def __init__(self, client: "redis.Redis", app_id: str) -> None:
        self.client = client
        self._listener = client.pubsub(ignore_subscribe_messages=True)
        self._listener.subscribe(names.bus(app_id))
        self._listener.get_message(timeout=5)

    def messages(self, count: int) -> list[dict[str, Any]]:
        """The next ones, as many or fewer if no more come."""
        until = time.monotonic() + 10
        found: list[dict[str, Any]] = []
        while len(found) < count and time.monotonic() < until:
            message = self._listener.get_message(timeout=0.1)
            if message is not None:
                found.append(json.loads(message["data"]))
        return found

    def waiting(self) -> list[dict[str, Any]]:
        """Those that are there already: Redis delivers in order, and a last one is sent now."""
        self.client.publish(self._listener_channel, '{"k": "end"}')
        found: list[dict[str, Any]] = []
        while True:
            found += self.messages(1)
            if found[-1]["k"] == "end":
                return found[:-1]

    @property
    def _listener_channel(self) -> str:
        return next(iter(self._listener.channels)).decode()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def listening(app_id: str) -> Iterator[Bus]:
    """Hear the app's messages; what its cache channels keep is gone afterwards."""
    client = redis.Redis.from_url(settings.EVENTS_REDIS_URL)
    bus = Bus(client, app_id)
    try:
        yield bus
    finally:
        bus.close()
        for key in client.scan_iter(f"wificore:rt:*:{app_id}:cache:*", count=1000):
            client.delete(key)
        client.close()
