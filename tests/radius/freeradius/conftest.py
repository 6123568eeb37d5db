"""A private PostgreSQL with a stand-in for wc_authorize_v1, and servers in front of it.

These are the server's own rules; the real functions are tested end to end elsewhere.
"""

import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.radius.freeradius.postgres import Postgres
from tests.radius.freeradius.server import Freeradius, config_in

Account = Callable[..., str]
Server = Callable[..., Freeradius]

ADDRESSES = (f"127.{a}.{b}.1" for a, b in itertools.product(range(40, 60), range(250)))


@pytest.fixture(scope="session")
def cluster(superuser_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with closing(psycopg2.connect(superuser_dsn)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        (bin_dir,) = cursor.fetchone()
    directory = tmp_path_factory.mktemp("freeradius-postgres") / "data"
    postgres = Postgres(Path(bin_dir), directory, free_tcp_port())
    postgres.initialise()
    postgres.start()
    execute(postgres, Path(__file__).with_name("standin.sql").read_text())
    yield postgres
    postgres.stop()


@pytest.fixture
def postgres(cluster: Postgres) -> Iterator[Postgres]:
    """Running and awake, before and after."""
    yield cluster
    if cluster.process:
        cluster.thaw()
    else:
        cluster.start()


@pytest.fixture(scope="module")
def server(cluster: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Freeradius]:
    """One server for the tests of a module; each uses its own routers and names."""
    started = Freeradius(config_in(tmp_path_factory.mktemp("radius"), cluster.url("wc_radius")))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def new_server(postgres: Postgres, tmp_path: Path) -> Iterator[Server]:
    """Servers of one test's own: `new_server(threads=2, ...)` changes the configuration."""
    started: list[Freeradius] = []

    def start(**changes: object) -> Freeradius:
        directory = tmp_path / str(len(started))
        directory.mkdir()
        started.append(Freeradius(config_in(directory, postgres.url("wc_radius"), **changes)))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def address() -> str:
    """A loopback address no other test uses: another router."""
    return next(ADDRESSES)


@pytest.fixture
def account(postgres: Postgres) -> Account:
    """`account("ts_acme", "alice", ("Cleartext-Password", "pw"), ...)` is what SQL will answer."""

    def add(tenant: str, name: str, *rows: tuple[str, str]) -> str:
        for attribute, value in rows:
            execute(
                postgres,
                "INSERT INTO answers (tenant, username, attribute, value) VALUES (%s, %s, %s, %s)",
                (tenant, name, attribute, value),
            )
        return name

    return add


def execute(postgres: Postgres, statement: str, values: tuple[str, ...] = ()) -> None:
    with closing(psycopg2.connect(postgres.dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        connection.commit()


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
