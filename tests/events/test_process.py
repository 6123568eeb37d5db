"""`manage.py relay` as a process: fast enough by polling, and kill -9 loses nothing."""

import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg2

from tests.conftest import World
from tests.events.conftest import PATIENCE_S, Listener, relay_process, wait_until

Rows = Callable[..., list[tuple[Any, ...]]]

SCHEMAS = ("ts_alpha", "ts_beta")
WRITERS = 4
KILLS = 6


class Writer(Thread):
    """Publishes as one tenant, now and then rolls back, and remembers what was committed."""

    def __init__(self, dsn: str, schema: str, number: int, stop: Flag) -> None:
        super().__init__(daemon=True)
        self.schema, self.committed = schema, set[str]()
        self._dsn, self._number, self._flag = dsn, number, stop
        self._random = random.Random(number)

    def run(self) -> None:
        connection = psycopg2.connect(self._dsn)
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{self.schema}"')
            connection.commit()
            count = 0
            while not self._flag.is_set():
                batch = [f"{self._number}-{count + n}" for n in range(self._random.randint(1, 5))]
                count += len(batch)
                self._transaction(connection, cursor, batch)
        connection.close()

    def _transaction(self, connection: Any, cursor: Any, batch: list[str]) -> None:
        for subject in batch:
            cursor.execute(
                "INSERT INTO public.events_outbox (tenant, type, subject)"
                " VALUES (%s, 'plan.created', %s)",
                [self.schema, subject],
            )
        time.sleep(self._random.random() / 50)
        if self._random.random() < 0.1:
            connection.rollback()
        else:
            connection.commit()
            self.committed.update(batch)


def test_kill_nine_under_load_loses_nothing(
    world: World, listener: Listener, rows: Rows, app_dsn: str, tmp_path: Path
) -> None:
    stop = Flag()
    writers = [Writer(app_dsn, SCHEMAS[n % 2], n, stop) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    heard: dict[str, list[tuple[int, str]]] = defaultdict(list)
    pause = random.Random(1)
    for _ in range(KILLS):
        with relay_process(tmp_path / "relay.log"):
            time.sleep(pause.uniform(0.05, 0.6))
        _note(heard, listener)
    stop.set()
    for writer in writers:
        writer.join()
    with relay_process(tmp_path / "relay.log") as process:
        wait_until(lambda: _idle(rows), "events are left", process)
    _note(heard, listener)
    for schema in SCHEMAS:
        committed = {s for writer in writers if writer.schema == schema for s in writer.committed}
        logged = rows(
            "SELECT seq, subject FROM public.events_log WHERE tenant = %s ORDER BY seq", schema
        )
        assert [seq for seq, _ in logged] == list(range(1, len(committed) + 1))
        assert {subject for _, subject in logged} == committed
        assert set(heard[schema]) == set(logged), "Redis did not hear what the log holds"


def _note(heard: dict[str, list[tuple[int, str]]], listener: Listener) -> None:
    for event in listener.heard():
        heard[event["tenant"]].append((event["seq"], event["subject"]))


def _idle(rows: Rows) -> bool:
    return rows(
        "SELECT NOT EXISTS (SELECT FROM public.events_outbox)"
        " AND NOT EXISTS (SELECT FROM public.events_stream WHERE published < seq)"
    ) == [(True,)]


def test_an_event_goes_out_by_itself_and_the_process_stops_cleanly(
    alpha: Any, say: Callable[..., None], listener: Listener, tmp_path: Path
) -> None:
    with relay_process(tmp_path / "relay.log") as process:
        say(alpha, n=1)
        heard: list[Any] = []
        deadline = time.monotonic() + PATIENCE_S
        while not heard and time.monotonic() < deadline:
            heard = listener.heard()
        assert [event["payload"] for event in heard] == [{"n": 1}]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
