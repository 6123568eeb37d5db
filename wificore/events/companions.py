"""What runs beside the relay that leads, so that one process does it and no event waits for it."""

from collections.abc import Callable
from threading import Event as Flag
from threading import Thread

import redis
from django.db import connections

from wificore.kernel import logging
from wificore.kernel.relaying import companions

log = logging.get("wificore.relay")

PAUSE_S = 0.25
AFTER_TROUBLE_S = 2.0


class Companions:
    """One thread for all of them.

    Args:
        leading: whether this process' relay is the one that works.
    """

    def __init__(self, client: "redis.Redis", stop: Flag, leading: Callable[[], bool]) -> None:
        self._client, self._stop, self._leading = client, stop, leading
        self._thread = Thread(target=self._run, name="companions", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        pause = PAUSE_S
        while not self._stop.wait(pause):
            pause = self._round() if self._leading() else PAUSE_S
        connections.close_all()

    def _round(self) -> float:
        """Each once; returns the seconds until the next round."""
        try:
            for companion in companions():
                companion(self._client)
        except Exception as error:  # noqa: BLE001  # the servers may be back for the next round
            log.warning("beside the relay", error=f"{type(error).__name__}: {error}")
            connections.close_all()
            return AFTER_TROUBLE_S
        return PAUSE_S
