"""Pools that mix sessions are refused before anything is asked through them; others are not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from psycopg2.extensions import parse_dsn

from tests.conftest import World
from tests.pgbouncer import PgBouncer, through
from tests.web import once, running_web
from tests.worker import until
from wificore.devserver.config import LOOPBACK
from wificore.kernel.db import pooling
from wificore.kernel.db.pooling import PoolModeRefused, require_session_mode

FIX = "DATABASE_URL leads to a connection pool .* set pool_mode = session"


@pytest.fixture(autouse=True)
def look_again() -> Iterator[None]:
    """What a test found out about an address is no other test's."""
    pooling.forget()
    yield
    pooling.forget()


@pytest.fixture
def bouncer(world: World, app_dsn: str, tmp_path: Path) -> Iterator[PgBouncer]:
    """Not started: a test says its mode."""
    made = PgBouncer(tmp_path, (app_dsn,))
    yield made
    made.stop()


def look(url: str) -> None:
    pooling.forget()
    require_session_mode(parse_dsn(url), "DATABASE_URL")


def test_postgresql_itself_is_accepted(app_dsn: str) -> None:
    look(app_dsn)


@pytest.mark.parametrize("settings", [{}, {"server_round_robin": 1}, {"default_pool_size": 2}])
def test_session_mode_is_accepted(
    bouncer: PgBouncer, app_dsn: str, settings: dict[str, int]
) -> None:
    bouncer.settings = settings
    bouncer.start()
    for _ in range(5):
        look(bouncer.url(app_dsn))


def test_session_mode_is_accepted_though_one_connection_only_is_free(
    bouncer: PgBouncer, app_dsn: str
) -> None:
    bouncer.settings = {"default_pool_size": 1}
    bouncer.start()
    look(bouncer.url(app_dsn))


@pytest.mark.parametrize("size", [1, 2, 3, 20])
@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_other_modes_are_refused_with_setting_and_fix(
    bouncer: PgBouncer, app_dsn: str, mode: str, round_robin: int, size: int
) -> None:
    bouncer.mode = mode
    bouncer.settings = {"default_pool_size": size, "server_round_robin": round_robin}
    bouncer.start()
    for _ in range(3):
        with pytest.raises(PoolModeRefused, match=FIX):
            look(bouncer.url(app_dsn))
    # With several idle connections in the pool as well.
    with closing(Crowd(bouncer.url(app_dsn), size)) as crowd:
        crowd.stop()
        with pytest.raises(PoolModeRefused, match=FIX):
            look(bouncer.url(app_dsn))


class Crowd:
    """Other clients that keep a pool busy."""

    def __init__(self, url: str, size: int, statement: str = "SELECT 1") -> None:
        self._stopped = threading.Event()
        self._statement = statement
        self._connections = [psycopg2.connect(url) for _ in range(size)]
        self._began = threading.Barrier(size + 1)
        self._threads = [threading.Thread(target=self._work, args=(c,)) for c in self._connections]
        for thread in self._threads:
            thread.start()
        self._began.wait()

    def _work(self, client: Any) -> None:
        client.autocommit = True
        with client.cursor() as cursor:
            cursor.execute(self._statement)
            self._began.wait()
            while not self._stopped.is_set():
                cursor.execute(self._statement)

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def close(self) -> None:
        self.stop()
        for client in self._connections:
            client.close()


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_busy_pool_of_another_mode_is_not_taken_for_session_mode(
    bouncer: PgBouncer, app_dsn: str, mode: str, size: int
) -> None:
    bouncer.mode, bouncer.settings = mode, {"default_pool_size": size}
    bouncer.start()
    with closing(Crowd(bouncer.url(app_dsn), 6, "SELECT pg_sleep(0.002)")):
        for _ in range(10):
            # Too busy to tell is no answer either: nothing is served.
            with pytest.raises((PoolModeRefused, psycopg2.OperationalError)):
                look(bouncer.url(app_dsn))


def test_a_pool_whose_connections_are_all_held_cannot_be_told_and_is_not_accepted(
    bouncer: PgBouncer, app_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooling, "CONNECT_S", 0.5)
    bouncer.mode, bouncer.settings = "transaction", {"default_pool_size": 1}
    bouncer.start()
    with closing(psycopg2.connect(bouncer.url(app_dsn))) as holder:
        holder.cursor().execute("SELECT 1")  # and its transaction stays open
        with pytest.raises(psycopg2.OperationalError, match="DATABASE_URL: no answer"):
            look(bouncer.url(app_dsn))
    with pytest.raises(PoolModeRefused):
        look(bouncer.url(app_dsn))


def test_a_server_that_says_nothing_is_away_and_not_waited_for_for_ever(
    app_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooling, "CONNECT_S", 0.2)
    with socket.create_server((LOOPBACK, 0)) as silent:
        parameters = {**parse_dsn(app_dsn), "port": silent.getsockname()[1]}
        with pytest.raises(psycopg2.OperationalError, match="DATABASE_URL: no answer"):
            require_session_mode(parameters, "DATABASE_URL")


def test_it_is_looked_at_once_a_process(app_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    look(app_dsn)
    monkeypatch.setattr(pooling, "_look", lambda *_: pytest.fail("looked again"))
    require_session_mode(parse_dsn(app_dsn), "DATABASE_URL")


def test_threads_that_connect_at_once_look_once(
    app_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, real = [], pooling._look
    monkeypatch.setattr(pooling, "_look", lambda *args: (looks.append(1), real(*args)))
    parameters = parse_dsn(app_dsn)
    threads = [
        threading.Thread(target=require_session_mode, args=(parameters, "DATABASE_URL"))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert looks == [1]


@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_djangos_connection_asks_nothing_through_such_a_pool(bouncer: PgBouncer, mode: str) -> None:
    bouncer.mode = mode
    bouncer.start()
    with through(bouncer):
        for _ in range(2):
            with pytest.raises(PoolModeRefused, match="DATABASE_URL"):
                connection.ensure_connection()
            assert connection.connection is None
        with pytest.raises(SystemCheckError, match=FIX):
            call_command("check", databases=["default"])


def test_the_check_of_the_databases_is_content_with_session_mode(bouncer: PgBouncer) -> None:
    bouncer.start()
    with through(bouncer):
        call_command("check", databases=["default"])


def test_a_database_that_comes_back_is_looked_at_then(bouncer: PgBouncer) -> None:
    with through(bouncer):
        with pytest.raises(OperationalError):
            connection.ensure_connection()
        bouncer.mode = "transaction"
        bouncer.start()
        with pytest.raises(PoolModeRefused):
            connection.ensure_connection()
        bouncer.stop()
        bouncer.mode = "session"
        bouncer.start()
        connection.ensure_connection()


def test_web_that_started_without_postgresql_serves_nothing_through_such_a_pool(
    bouncer: PgBouncer, app_dsn: str, tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    url = bouncer.url(app_dsn)
    with running_web(log, DATABASE_URL=url) as port:

        def status() -> int:
            return once(port, "nobody.localhost", "/api/v1/me/").status

        assert status() == 503
        bouncer.mode = "transaction"
        bouncer.start()
        until(lambda: status() == 500, log.read_text)
        assert "set pool_mode = session" in log.read_text()
        assert status() == 500
        bouncer.stop()
        bouncer.mode = "session"
        bouncer.start()
        until(lambda: status() == 404, log.read_text)
