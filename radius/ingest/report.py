"""What the ingester says in the log: one line of figures while there is work, at a bounded rate."""

import time
from collections import Counter

from wificore.kernel import logging

from .records import Batch

log = logging.get("radius.ingest")
EVERY_S = 10.0


class Report:
    """Counts since the last line."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._since = time.monotonic()
        self._received = 0

    def add(self, spool: str, batch: Batch, applied: int) -> None:
        self._counts[spool] += applied
        self._counts["held"] += batch.count - applied
        self._counts["quarantined"] += len(batch.refused)
        self._received = max(self._received, batch.received)
        for _, reason in batch.refused[:3]:
            log.warning("record set apart", spool=spool, reason=reason)

    def maybe_flush(self) -> None:
        if time.monotonic() - self._since >= EVERY_S:
            self.flush()

    def flush(self) -> None:
        if self._counts.total():
            lag = round(max(0.0, time.time() - self._received), 1) if self._received else None
            log.info("applied", **self._counts, lag_s=lag, since_s=round(self._age(), 1))
            self._counts.clear()
        self._since = time.monotonic()

    def _age(self) -> float:
        return time.monotonic() - self._since
