"""The process `relay`: outbox -> event log -> Redis and handlers.

    loop:  move     one transaction: out of the outbox, into the log, numbered
           publish  what is numbered and not yet published, stream by stream
           mark     how far each stream is published

Whatever is interrupted is done again from the last mark, so that nothing is lost and some events
go out twice: listeners are idempotent by the event's id. It polls, because a NOTIFY in a packet's
or request's transaction costs most of the commit rate (measured, ARCHITECTURE 4).
"""

import time
from threading import Event as Flag

import redis
from django.db import Error, connection

from wificore.kernel import logging
from wificore.kernel.db.context import platform_context

from . import store
from .companions import Companions
from .delivery import Delivery

log = logging.get("wificore.relay")

# Half of it is what an event waits on average; an idle poll is two empty queries.
POLL_S = 0.1
STAND_BY_S = 1.0
BEAT_S = 1.0
LONGEST_PAUSE_S = 5.0
MOVE_BATCH = 2000
LAG_ALARM_S = 5.0


class Relay:
    """The loop; `stop` ends it after the step at hand."""

    def __init__(self, client: "redis.Redis", stop: Flag) -> None:
        self._delivery = Delivery(client)
        self._companions = Companions(client, stop, lambda: self.leading)
        self._stop = stop
        self.leading = False
        self._led: object = None
        self._pause = POLL_S
        self._published = 0
        self._error = ""
        self._beat_due = 0.0
        self._standing_by = False

    def run(self) -> None:
        """Work until `stop`; no outage ends it."""
        self._companions.start()
        with platform_context():
            while not self._stop.is_set():
                self._stop.wait(self.guarded_step())
        self._companions.join()

    def guarded_step(self) -> float:
        """One step; returns the seconds to wait before the next one."""
        try:
            wait = self._step()
        except redis.RedisError as error:
            return self._failed("Redis", error)
        except Error as error:
            self.leading = False
            connection.close()
            return self._failed("PostgreSQL", error)
        if self._error:
            log.info("relaying again")
        self._pause, self._error = POLL_S, ""
        return wait

    def _step(self) -> float:
        self.leading = self._leads()
        if not self.leading:
            return STAND_BY_S
        try:
            moved = store.move(MOVE_BATCH)
            done, more = self._delivery.run()
            self._published += done
        finally:
            self._beat()
        return 0.0 if more or moved == MOVE_BATCH else POLL_S

    def _leads(self) -> bool:
        """Lead, or stand by until the leading relay's connection ends."""
        connection.ensure_connection()
        if self._led is not connection.connection:
            if not store.lead():
                if not self._standing_by:
                    log.info("standing by, ready to take over: another relay works")
                self._standing_by = True
                return False
            self._led, self._standing_by = connection.connection, False
            log.info("relay ready")
        return True

    def _beat(self) -> None:
        if time.monotonic() < self._beat_due:
            return
        self._beat_due = time.monotonic() + BEAT_S
        lag, backlog = store.beat(self._published, self._error)
        self._published = 0
        if lag > LAG_ALARM_S:
            log.warning("events are late", lag_s=round(lag, 1), backlog=backlog)

    def _failed(self, server: str, error: Exception) -> float:
        lines = str(error).strip().splitlines() or [""]
        self._error = f"{server}: {type(error).__name__}: {lines[0]}"
        log.error("not relayed, trying again", pause_s=self._pause, error=self._error)
        wait, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_S)
        return wait
