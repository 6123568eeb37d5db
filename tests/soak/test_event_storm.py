"""Relay, Redis and sockets are killed under load: every committed event can be had, by every way.

committed = GET /api/v1/events/    each exactly once, in order
committed = a client's sockets, and what it asked for after its reconnects
committed within webhooks          at least once

The storm comes in rounds: each kills every kind once, in random order and faster than they come
back. The next one begins when every client hears again what happens now, over a new connection.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg2
import pytest

from tests.e2e.conftest import Stack, eventually
from tests.soak import figures, truth
from tests.soak.follower import LOOK_S, TYPE, Follower, pages
from tests.soak.sink import Sink, running_sink
from tests.soak.storm import Storm
from wificore.devserver.services import running_stack

TENANTS = ("acme", "blue")
KINDS = ("relay", "redis", "realtime")
RATE, BATCH = 15, 3
# Of a tenant's transactions, in tenths: rolled back.
ROLLED_BACK = 1
# Nothing here is about speed; a machine that needs longer than this is not working.
BACK_S, CAUGHT_UP_S = 120.0, 300.0
INSERT = """
INSERT INTO public.events_outbox (tenant, type, subject, payload)
SELECT %s, %s, subject, jsonb_build_object('id', subject, 'kind', 'soak.event')
FROM unnest(%s::text[]) AS subject
"""


class Writer(Thread):
    """One tenant's services: RATE events a second in small transactions, some rolled back.

    Attributes:
        begun: events up to this number were begun; later ones have it or a higher one.
    """

    def __init__(self, stack: Stack, slug: str, stop: Flag) -> None:
        super().__init__(daemon=True)
        self.committed: set[str] = set()
        self.begun = 0
        self._dsn, self._schema, self._flag = stack.contract["postgres"]["dsn"], f"ts_{slug}", stop

    def run(self) -> None:
        connection = psycopg2.connect(self._dsn)
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{self._schema}"')
            connection.commit()
            began = time.monotonic()
            while not self._flag.wait(max(0.0, began + self.begun / RATE - time.monotonic())):
                batch = [f"{self._schema}-{self.begun + n}" for n in range(BATCH)]
                self.begun += BATCH
                cursor.execute(INSERT, [self._schema, TYPE, batch])
                if random.random() * 10 < ROLLED_BACK:
                    connection.rollback()
                else:
                    connection.commit()
                    self.committed.update(batch)
        connection.close()


Pair = tuple[Follower, Writer]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_no_committed_event_is_missing_after_a_storm(tmp_path: Path) -> None:
    kills, seed = figures.setting("SOAK_EVENT_KILLS", 12), figures.setting("SOAK_SEED", 1)
    stop = Flag()
    with (
        running_stack(tmp_path / "var", "--no-simulator", "--restart") as running,
        running_sink(tmp_path / "sink.txt") as sink,
    ):
        stack = Stack(dict(running.contract), running)
        for slug in TENANTS:
            endpoint = {"url": f"{sink.url}/{slug}", "event_types": [TYPE]}
            status, answer = stack.api(slug, "/api/v1/webhooks/endpoints/", "POST", endpoint)
            assert status == 201, answer
        pairs = [(Follower(stack, slug, stop), Writer(stack, slug, stop)) for slug in TENANTS]
        threads = [thread for pair in pairs for thread in pair]
        storm = Storm(tmp_path / "var", random.Random(seed), KINDS)
        with _at_work(stop, threads):
            seconds = _in_rounds(storm, kills, pairs, lambda: _alive(running, *threads))
        eventually(lambda: truth.waiting(stack) == 0, CAUGHT_UP_S)
        ids = set[str]()
        for follower, writer in pairs:
            ids |= _by_asking(stack, follower.slug, writer.committed)
            follower.ask()
            assert follower.heard == writer.committed
        late = time.monotonic()
        eventually(lambda: ids <= set(sink.ids()), CAUGHT_UP_S)
        late = time.monotonic() - late
        assert set(sink.ids()) == ids
        _write(storm, seconds, pairs, sink, late, seed)


def _in_rounds(
    storm: Storm, kills: int, pairs: Sequence[Pair], check: Callable[[], None]
) -> list[float]:
    """Kill; returns how long each round's clients needed after it to hear what happens now."""
    needed = [_until_all_hear(pairs, check)]
    while storm.done.total() < kills:
        storm.kill(min(len(KINDS), kills - storm.done.total()), check)
        needed.append(_until_all_hear(pairs, check))
        # Each lost its socket with every realtime process, and is on another one now.
        lives = 1 + storm.done["realtime"]
        assert all(follower.connections >= lives for follower, _ in pairs), storm.done
    return needed[1:]


def _until_all_hear(pairs: Sequence[Pair], check: Callable[[], None]) -> float:
    """Until every client's socket has brought it an event that began after now; how long."""
    began = time.monotonic()
    for follower, writer in pairs:
        number = writer.begun
        while follower.newest < number:
            check()
            waited = time.monotonic() - began
            assert waited < BACK_S, f"{follower.slug} does not come back: {follower.trouble}"
            time.sleep(LOOK_S)
    return time.monotonic() - began


@contextmanager
def _at_work(stop: Flag, threads: Sequence[Thread]) -> Iterator[None]:
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _alive(running: Any, *threads: Thread) -> None:
    assert running.process.poll() is None, (running.var / "run.log").read_text()[-5000:]
    assert all(thread.is_alive() for thread in threads), "a client of the test died"


def _by_asking(stack: Stack, slug: str, committed: set[str]) -> set[str]:
    """The API has every committed event exactly once, in order; returns their ids."""
    found = [event for event in pages(stack, slug) if event["subject"].startswith(f"ts_{slug}-")]
    assert [event["seq"] for event in found] == sorted({event["seq"] for event in found})
    assert len(found) == len(committed)
    assert {event["subject"] for event in found} == committed
    return {event["id"] for event in found}


def _write(
    storm: Storm,
    needed: Sequence[float],
    pairs: Sequence[Pair],
    sink: Sink,
    late: float,
    seed: int,
) -> None:
    of_each = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    committed = sum(len(writer.committed) for _, writer in pairs)
    received = sink.ids()
    sockets = sum(len(follower.by_socket) for follower, _ in pairs)
    figures.write(
        "event-storm",
        "Event storm: relay, Redis and realtime killed at random under load",
        {
            "load": f"{RATE} events/s for each of {len(pairs)} tenants, a tenth rolled back",
            "kills (SIGKILL)": f"{storm.done.total()}: {of_each}",
            "committed events": committed,
            "missing from GET /api/v1/events/": "0, each exactly once and in order",
            "heard by clients as it happened": f"{sockets}, the rest by asking: 0 missing",
            "connections, resyncs of the clients": ", ".join(
                f"{f.slug}: {f.connections} and {f.resyncs}" for f, _ in pairs
            ),
            "clients hear again after a round of three kills": (
                f"{min(needed):.1f} to {max(needed):.1f} s"
            ),
            "webhooks": f"{len(received)} of {committed} delivered,"
            f" {received.total() - len(received)} of them more than once,"
            f" the last {late:.0f} s after the storm",
        },
        {"SOAK_EVENT_KILLS": storm.done.total(), "SOAK_SEED": seed},
    )
