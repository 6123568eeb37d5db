"""Relay, Redis and sockets are killed under load: every committed event can be had, by every way.

committed = GET /api/v1/events/    each exactly once, in order
committed = a client's sockets, and what it asked for after its reconnects
committed within webhooks          at least once
"""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg2
import pytest

from tests.e2e.conftest import Stack, eventually
from tests.soak import figures, truth
from tests.soak.follower import TYPE, Follower, pages
from tests.soak.sink import Sink, running_sink
from tests.soak.storm import Storm
from wificore.devserver.services import running_stack

TENANTS = ("acme", "blue")
KINDS = ("relay", "redis", "realtime")
RATE, BATCH = 30, 3
# Of a tenant's transactions, in tenths: rolled back.
ROLLED_BACK = 1
PATIENCE_S = 420.0
INSERT = """
INSERT INTO public.events_outbox (tenant, type, subject, payload)
SELECT %s, %s, subject, jsonb_build_object('id', subject, 'kind', 'soak.event')
FROM unnest(%s::text[]) AS subject
"""


class Writer(Thread):
    """One tenant's services: RATE events a second in small transactions, some rolled back."""

    def __init__(self, stack: Stack, slug: str, stop: Flag) -> None:
        super().__init__(daemon=True)
        self.committed: set[str] = set()
        self._dsn, self._schema, self._flag = stack.contract["postgres"]["dsn"], f"ts_{slug}", stop

    def run(self) -> None:
        connection = psycopg2.connect(self._dsn)
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{self._schema}"')
            connection.commit()
            number, began = 0, time.monotonic()
            while not self._flag.wait(max(0.0, began + number / RATE - time.monotonic())):
                batch = [f"{self._schema}-{number + n}" for n in range(BATCH)]
                number += BATCH
                cursor.execute(INSERT, [self._schema, TYPE, batch])
                if random.random() * 10 < ROLLED_BACK:
                    connection.rollback()
                else:
                    connection.commit()
                    self.committed.update(batch)
        connection.close()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_no_committed_event_is_missing_after_a_storm(tmp_path: Path) -> None:
    kills, seed = figures.setting("SOAK_EVENT_KILLS", 18), figures.setting("SOAK_SEED", 1)
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
        followers = {slug: Follower(stack, slug, stop) for slug in TENANTS}
        writers = {slug: Writer(stack, slug, stop) for slug in TENANTS}
        threads = (*followers.values(), *writers.values())
        storm = Storm(tmp_path / "var", random.Random(seed), KINDS)
        with _at_work(stop, threads):
            began = time.monotonic()
            storm.kill(kills, lambda: _alive(running, *threads))
            seconds = time.monotonic() - began
            heard = [len(follower.by_socket) for follower in followers.values()]
            eventually(lambda: _hear_more(followers.values(), heard), PATIENCE_S)
        eventually(lambda: truth.waiting(stack) == 0, PATIENCE_S)
        ids = set[str]()
        for slug in TENANTS:
            ids |= _by_asking(stack, slug, writers[slug].committed)
            followers[slug].ask()
            assert followers[slug].heard == writers[slug].committed
        late = time.monotonic()
        eventually(lambda: ids <= set(sink.ids()), PATIENCE_S)
        late = time.monotonic() - late
        assert set(sink.ids()) == ids
        _write(storm, seconds, writers, followers, sink, late, seed)


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


def _hear_more(followers: Iterable[Follower], than: list[int]) -> bool:
    """Everybody is back and listens."""
    pairs = zip(followers, than, strict=True)
    return all(len(follower.by_socket) > count for follower, count in pairs)


def _by_asking(stack: Stack, slug: str, committed: set[str]) -> set[str]:
    """The API has every committed event exactly once, in order; returns their ids."""
    found = [event for event in pages(stack, slug) if event["subject"].startswith(f"ts_{slug}-")]
    assert [event["seq"] for event in found] == sorted({event["seq"] for event in found})
    assert len(found) == len(committed)
    assert {event["subject"] for event in found} == committed
    return {event["id"] for event in found}


def _write(
    storm: Storm,
    seconds: float,
    writers: dict[str, Writer],
    followers: dict[str, Follower],
    sink: Sink,
    late: float,
    seed: int,
) -> None:
    of_each = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    committed = sum(len(writer.committed) for writer in writers.values())
    received = sink.ids()
    sockets = sum(len(follower.by_socket) for follower in followers.values())
    figures.write(
        "event-storm",
        "Event storm: relay, Redis and realtime killed at random under load",
        {
            "load": f"{RATE} events/s for each of {len(writers)} tenants, a tenth rolled back",
            "kills (SIGKILL)": f"{storm.done.total()} in {seconds:.0f} s: {of_each}",
            "committed events": committed,
            "missing from GET /api/v1/events/": "0, each exactly once and in order",
            "heard by clients as it happened": f"{sockets}, the rest by asking: 0 missing",
            "connections, resyncs of the clients": ", ".join(
                f"{name}: {f.connections} and {f.resyncs}" for name, f in followers.items()
            ),
            "webhooks": f"{len(received)} of {committed} delivered,"
            f" {received.total() - len(received)} of them more than once,"
            f" the last {late:.0f} s after the storm",
        },
        {"SOAK_EVENT_KILLS": storm.done.total(), "SOAK_SEED": seed},
    )
