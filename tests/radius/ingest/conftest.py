"""A spool directory beside the two tenants' schemas, and an ingester over both."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from radius.ingest.runner import Ingester

from ..conftest import install_tenant

DEADLINE_S = 60.0


def eventually(condition: Callable[[], object]) -> None:
    """Wait until it holds; the deadline is generous and only ends a test that would hang."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@dataclass
class Bench:
    """An ingester and its spools."""

    radius: Any
    directory: Path
    ingester: Ingester

    def write(self, file: str, *lines: bytes) -> Path:
        path = self.directory / file.split("-")[0] / f"{file}.tsv"
        with path.open("ab") as stream:
            stream.write(b"".join(lines))
        return path

    def drain(self) -> None:
        """Connect anew and work until nothing is left."""
        self.ingester.connect()
        while self.ingester.step():
            pass

    def retry(self) -> None:
        """Do not wait until a held tenant's turn comes."""
        self.ingester.held.retry()

    def break_connections(self) -> None:
        """Take the ingester's connections away, as a restart of PostgreSQL would."""
        name = psycopg2.extensions.parse_dsn(self.radius.admin_dsn)["dbname"]
        with superuser() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND application_name = 'ingester'",
                [name],
            )

    def age(self, path: Path) -> None:
        long_ago = time.time() - 3600
        os.utime(path, (long_ago, long_ago))

    def tidy(self) -> None:
        self.ingester._next.update(tidy=0.0, heal=0.0, purge=0.0)
        self.ingester.step()

    def quarantined(self) -> list[bytes]:
        """Reasons and lines set apart, in order."""
        files = sorted((self.directory / "quarantine").glob("*.tsv"))
        return [line for file in files for line in file.read_bytes().splitlines()]

    def usernames(self, schema: str = "ts_sqla") -> list[str]:
        return [r[0] for r in self.radius.run(f"SELECT username FROM {schema}.sessions ORDER BY 1")]

    @contextmanager
    def running(self) -> Iterator[None]:
        """The ingester's own loop in a thread."""
        stop = threading.Event()
        thread = threading.Thread(target=self.ingester.run, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(DEADLINE_S)
            assert not thread.is_alive()


@contextmanager
def superuser() -> Iterator[Any]:
    """A superuser's cursor in another database, in autocommit."""
    connection = psycopg2.connect(os.environ["DATABASE_ADMIN_URL"], dbname="postgres")
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def delete(radius: Any, schema: str) -> None:
    """A tenant goes: its schema, then its row."""
    radius.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    radius.run("DELETE FROM public.tenants_tenant WHERE schema_name = %s", schema)


@pytest.fixture
def third(radius_schema: Any) -> Iterator[str]:
    """A tenant more, for tests that break it."""
    with radius_schema.owner, radius_schema.owner.cursor() as cursor:
        install_tenant(cursor, "ts_sqlc")
    yield "ts_sqlc"
    delete(radius_schema, "ts_sqlc")


@pytest.fixture
def bench(radius_schema: Any, tmp_path: Path) -> Iterator[Bench]:
    ingester = Ingester(radius_schema.dsn, tmp_path)
    yield Bench(radius_schema, tmp_path, ingester)
    ingester.database.close()
