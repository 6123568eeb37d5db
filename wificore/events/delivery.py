"""Where an event goes once it is in the log: Redis for sockets, handlers for everything else.

Redis: PUBLISH on `wificore:events:<schema>`, one JSON object
{"id", "seq", "tenant", "type", "subject", "occurred_at", "payload"}. A listener that sees a gap in
`seq` reads the log. Every event goes out at least once, in the order of its stream.
"""

import json
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

import redis
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error

from wificore.kernel import logging
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
from wificore.kernel.events import Event, Handler, TryLater, handlers_of
from wificore.kernel.relaying import Command, commands_of

from . import store

log = logging.get("wificore.relay")

BATCH = 500
# In one run; a stream's handlers may be a batch behind its sockets, no more.
HANDLERS_S = 0.1
ATTEMPTS = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
# The outside is away: the event waits as long as it takes. Anything else is the handler's fault.
AWAY = (TryLater, redis.RedisError, OSError)


def channel(schema: str) -> str:
    return f"wificore:events:{schema}"


def message(event: Event) -> str:
    """The event as listeners on Redis get it."""
    content = {
        "id": event.id,
        "seq": event.seq,
        "tenant": event.schema,
        "type": event.type,
        "subject": event.subject,
        "occurred_at": event.occurred_at,
        "payload": event.payload,
    }
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Schema:
    """What `tenant_context` asks of a tenant."""

    schema_name: str


@dataclass(slots=True)
class Trouble:
    """A stream whose next event a handler refused: when to try again."""

    seq: int
    attempts: int
    again_at: float


class Delivery:
    """Publishes what streams have; one bad stream does not hold up another.

    What is with Redis and not yet with all handlers is kept here, in order, a batch at most.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client
        self._sent: dict[str, deque[Event]] = {}
        self._troubles: dict[str, Trouble] = {}

    def run(self) -> tuple[int, bool]:
        """Send what is new of each stream to Redis, then hand over for some time.

        What handlers did not come to is theirs in the next run, so that sockets never wait long
        for them.

        Returns: how many events were done, and whether a stream has more to do at once.

        Raises:
            redis.RedisError: nothing more can go out now.
        """
        streams = store.behind()
        self._sent = {s.tenant: self._of(s) for s in streams}
        ready = [stream for stream in streams if not self._waits(stream.tenant)]
        for stream in ready:
            self._fill(stream)
        deadline = time.monotonic() + HANDLERS_S
        done = {stream.tenant: self._finish(stream.tenant, deadline) for stream in ready}
        more = any(s.published + done[s.tenant] < s.seq for s in ready if not self._waits(s.tenant))
        return sum(done.values()), more

    def _waits(self, tenant: str) -> bool:
        trouble = self._troubles.get(tenant)
        return trouble is not None and time.monotonic() < trouble.again_at

    def _of(self, stream: store.Stream) -> "deque[Event]":
        """What is kept of a stream; not what another relay has finished."""
        kept = self._sent.get(stream.tenant, ())
        return deque(event for event in kept if event.seq > stream.published)

    def _fill(self, stream: store.Stream) -> None:
        """Send the next events to Redis."""
        kept = self._sent[stream.tenant]
        after = kept[-1].seq if kept else stream.published
        if after == stream.seq or len(kept) >= BATCH:
            return
        events = store.read(stream.tenant, after, BATCH - len(kept))
        if not events and not kept:
            # It was not published for longer than the log is kept; there is nothing left to send.
            log.error("events expired unpublished", tenant=stream.tenant, upto=stream.seq)
            store.mark(stream.tenant, stream.seq)
        try:
            self._send(stream.tenant, events)
        except TryLater as error:
            self._try_again(events[0], "the bridge", error)
        else:
            kept.extend(events)

    def _send(self, tenant: str, events: Sequence[Event]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for event in events:
            pipeline.publish(channel(tenant), message(event))
            for command in _bridged(event):
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
        pipeline.execute()

    def _finish(self, tenant: str, deadline: float) -> int:
        """Hand over; returns how many are done for good."""
        kept = self._sent[tenant]
        count = self._hand_over(kept, deadline)
        if count:
            store.mark(tenant, kept[count - 1].seq)
            self._sent[tenant] = deque(islice(kept, count, None))
        return count

    def _hand_over(self, events: Iterable[Event], deadline: float) -> int:
        """To handlers, at least one, up to the first event that one of them does not take now."""
        count = 0
        for event in events:
            if count and time.monotonic() > deadline:
                break
            if not all(self._offer(event, handler) for handler in handlers_of(event.type)):
                break
            self._troubles.pop(event.schema, None)
            count += 1
        return count

    def _offer(self, event: Event, handler: Handler) -> bool:
        """True: it took the event, or never will and the event is set aside for it."""
        try:
            with _context(event.schema):
                handler(event)
        except AWAY as error:
            self._try_again(event, _name(handler), error)
            return False
        except Exception as error:  # noqa: BLE001  # one bad handler must not stop the relay
            if self._try_again(event, _name(handler), error).attempts < ATTEMPTS:
                return False
            store.set_aside(event, _name(handler), f"{type(error).__name__}: {error}")
            log.error("event set aside", tenant=event.schema, seq=event.seq, type=event.type)
        return True

    def _try_again(self, event: Event, who: str, error: Exception) -> Trouble:
        known = self._troubles.get(event.schema)
        attempts = known.attempts + 1 if known and known.seq == event.seq else 1
        pause = min(FIRST_PAUSE_S * 2 ** (attempts - 1), LONGEST_PAUSE_S)
        trouble = Trouble(event.seq, attempts, time.monotonic() + pause)
        self._troubles[event.schema] = trouble
        log.warning(
            "event not taken",
            tenant=event.schema,
            seq=event.seq,
            handler=who,
            attempts=attempts,
            error=f"{type(error).__name__}: {error}",
        )
        return trouble


def _bridged(event: Event) -> list[Command]:
    """What goes to sockets with it: a bug there costs this event's frames, and nothing else."""
    try:
        return commands_of(event)
    except (TryLater, Error):
        raise
    except Exception:
        log.exception("event not bridged", tenant=event.schema, seq=event.seq, type=event.type)
        return []


def _context(schema: str) -> AbstractContextManager[None]:
    return platform_context() if schema == PUBLIC else tenant_context(Schema(schema))


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{getattr(handler, '__qualname__', repr(handler))}"
