"""How much one app may publish through one process: a bucket of messages for each app."""

import math
import time
from collections.abc import Callable


class Rates:
    """So many messages (an event counts once for each of its channels) a second for each app.

    A bucket holds a second's messages. Buckets of apps that are silent are full, and forgotten.
    """

    KEPT = 1_000

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, app_id: str, messages: int) -> int:
        """0: go on. Otherwise nothing is taken, and it may be tried in so many seconds."""
        now = self._clock()
        filled, at = self._buckets.get(app_id, (float(self._per_second), now))
        level = min(float(self._per_second), filled + (now - at) * self._per_second)
        if messages > level:
            self._buckets[app_id] = (level, now)
            return max(1, math.ceil((messages - level) / self._per_second))
        self._buckets[app_id] = (level - messages, now)
        if len(self._buckets) > self.KEPT:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        full = [app for app, (_, at) in self._buckets.items() if now - at > 1.0]
        for app in full:
            del self._buckets[app]
