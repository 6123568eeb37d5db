"""A database on every installed PostgreSQL, with two small tenants and a policy for their table."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connections
from psycopg2.extensions import make_dsn, parse_dsn

from wificore.devserver import binaries
from wificore.devserver.services import private_postgres
from wificore.kernel.db import partitions, roles
from wificore.kernel.db.partitions import PartitionPolicy, ddl, engine
from wificore.kernel.db.partitions import policy as policy_module
from wificore.kernel.db.partitions.actions import Action

MAJORS = {postgres.major: postgres for postgres in reversed(binaries.postgres_choices())}
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SCHEMAS = ("ts_one", "ts_two")
# No second try: a test waits for nothing.
AT_ONCE = ddl.Patience(lock_ms=300, attempts=1)

TABLES = """
CREATE TABLE {schema}.visits (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    name varchar(253),
    ratio double precision,
    raw bytea,
    twice bigint GENERATED ALWAYS AS (id * 2) STORED,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX ON {schema}.visits (name, at);
CREATE TABLE {schema}.days (day date NOT NULL, PRIMARY KEY (day)) PARTITION BY RANGE (day);
"""


@dataclass(frozen=True)
class Database:
    """One PostgreSQL: the alias of the owner's connection, and the superuser's login."""

    using: str
    dsn: str
    major: int

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement as the superuser."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def connect(self) -> Any:
        connection = psycopg2.connect(self.dsn)
        connection.autocommit = True
        return connection

    def rows(self, schema: str = "ts_one", name: str = "visits") -> list[Any]:
        return self.sql(f"SELECT * FROM {schema}.{name} ORDER BY 1, 2")

    def names(self, schema: str = "ts_one", table: str = "visits") -> list[str]:
        """The attached partitions."""
        found = engine.look([schema], using=self.using)
        parents = [p for p in found.parents if (p.schema, p.table) == (schema, table)]
        return [known.name for parent in parents for known in sorted(parent.partitions)]

    def relation(self, name: str, schema: str = "ts_one") -> bool:
        return self.sql("SELECT to_regclass(%s) IS NOT NULL", f"{schema}.{name}") == [(True,)]

    def plan(self, now: datetime = NOW, **options: Any) -> list[Action]:
        return partitions.planned(SCHEMAS, now, using=self.using, **options)

    def apply(self, actions: list[Action], store: Any = None) -> list[partitions.Outcome]:
        return list(engine.apply(actions, using=self.using, store=store, patience=AT_ONCE))


@pytest.fixture(scope="session", params=sorted(MAJORS), ids=lambda major: f"postgres-{major}")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, str]]:
    """A PostgreSQL of each installed major version, with the platform's roles."""
    directory = tmp_path_factory.mktemp("servers") / f"postgres-{request.param}"
    with private_postgres(directory, programs=MAJORS[request.param]) as cluster:
        passwords = {role: secrets.token_hex(8) for role in roles.LOGINS}
        roles.bootstrap(cluster.dsn(), "partitions", passwords)
        yield request.param, make_dsn(cluster.dsn(), dbname="partitions")


@pytest.fixture
def database(
    server: tuple[int, str], django_db_blocker: Any, policy: PartitionPolicy
) -> Iterator[Database]:
    """Two tenants with the table `visits`, without any partition."""
    major, dsn = server
    here = Database(f"partitions{major}", dsn, major)
    with django_db_blocker.unblock():
        for schema in SCHEMAS:
            here.sql(f"CREATE SCHEMA {schema} AUTHORIZATION {roles.OWNER}")
            here.sql(f"SET ROLE {roles.OWNER}; {TABLES.format(schema=schema)}")
        with known(here):
            yield here
        for schema in SCHEMAS:
            here.sql(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def known(here: Database) -> Iterator[None]:
    """Django knows the database by its alias: not longer than that, the next server moves."""
    connections.settings[here.using] = _settings(here.dsn)
    try:
        yield
    finally:
        connections[here.using].close()
        del connections[here.using], connections.settings[here.using]


def _settings(dsn: str) -> dict[str, Any]:
    """The superuser acts as the owner, like wc_provision does."""
    parts = parse_dsn(dsn)
    return {
        **connections.settings["owner"],
        "NAME": parts["dbname"],
        "USER": parts["user"],
        "PASSWORD": parts["password"],
        "HOST": parts["host"],
        "PORT": parts["port"],
    }


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> PartitionPolicy:
    """The only policies while a test runs; returns that of `visits`."""
    monkeypatch.setattr(policy_module, "_policies", {})
    partitions.register(PartitionPolicy("days", "day", archive=False))
    visits = PartitionPolicy("visits", "at")
    partitions.register(visits)
    return visits


@pytest.fixture
def store(tmp_path: Path) -> FileSystemStorage:
    return FileSystemStorage(location=tmp_path / "archive")


Fill = Callable[..., None]


@pytest.fixture
def fill(database: Database) -> Fill:
    """`fill(day, 3)`: three rows of awkward content, in a partition made by hand if need be."""

    def work(day: str, rows: int = 3, schema: str = "ts_one") -> None:
        name = f"visits_p{day.replace('-', '')}"
        if not database.relation(name, schema):
            following = (datetime.fromisoformat(day) + timedelta(days=1)).date()
            database.sql(
                f"SET ROLE {roles.OWNER}; CREATE TABLE {schema}.{name}"
                f" PARTITION OF {schema}.visits FOR VALUES FROM ('{day}') TO ('{following}')"
            )
        for number in range(rows):
            database.sql(
                f"INSERT INTO {schema}.visits (at, name, ratio, raw) VALUES (%s, %s, %s, %s)",
                f"{day} 10:00+00",
                (None, "", 'a "b",\nc\\.', "Zoë\t")[number % 4],
                1 / (number + 3),
                os.urandom(20),
            )

    return work
