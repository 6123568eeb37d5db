"""Who is measured: the engine, with and without its archive, and pg_partman."""

import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files.storage import FileSystemStorage
from django.db import connections
from psycopg2.extensions import make_dsn, parse_dsn

from wificore.kernel.db import roles
from wificore.kernel.db.partitions import PartitionPolicy, catalogue, engine
from wificore.kernel.db.partitions.planner import Rules, plan

DAYS = 8
COLUMNS = ", ".join(f"c{number} varchar(64)" for number in range(26))
TABLE = f"""
CREATE TABLE {{name}} (id bigint NOT NULL, username varchar(64), at timestamptz NOT NULL,
    bytes bigint NOT NULL DEFAULT 0, {COLUMNS}, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE INDEX ON {{name}} (username, at);
"""
# Beside today; what ended a day ago goes.
AHEAD, KEEP = 6, 1


def today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass
class Peer(ABC):
    """One contestant with a database of its own."""

    title: str
    dsn: str

    def sql(self, *statements: str) -> list[Any]:
        connection = psycopg2.connect(self.dsn)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def tables(self, count: int) -> list[str]:
        """Tenants' tables without partitions; those of before are gone."""
        self.forget()
        schemas = [f"ts_{number}" for number in range(count)]
        for schema in schemas:
            self.sql(
                f"CREATE SCHEMA {schema} AUTHORIZATION {roles.OWNER}",
                f"SET ROLE {roles.OWNER}; {TABLE.format(name=f'{schema}.visits')}",
            )
        return schemas

    def forget(self) -> None:
        for (schema,) in self.sql(r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ts\_%'"):
            self.sql(f"DROP SCHEMA {schema} CASCADE")

    def partitions(self) -> int:
        found = self.sql("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'")
        return int(found[0][0])

    @abstractmethod
    def first(self, schemas: list[str]) -> None:
        """Make the first eight partitions of each."""

    @abstractmethod
    def steady(self, schemas: list[str]) -> None:
        """Prepare: eight partitions, of which the oldest is due, and the newest is lacking."""

    @abstractmethod
    def night(self, schemas: list[str]) -> None:
        """The night's run."""


@dataclass
class Ours(Peer):
    """The engine on its own alias."""

    store: FileSystemStorage | None = None

    def __post_init__(self) -> None:
        parts = parse_dsn(self.dsn)
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
        connections.settings[self.title] = {
            **connections.settings["owner"],
            **{setting: parts[name] for name, setting in names.items()},
            "PORT": parts["port"],
        }

    def first(self, schemas: list[str]) -> None:
        self._run(schemas, datetime.now(UTC), PartitionPolicy("visits", "at", ahead=DAYS - 1))

    def steady(self, schemas: list[str]) -> None:
        start = datetime.now(UTC) - timedelta(days=2)
        self._run(schemas, start, PartitionPolicy("visits", "at", ahead=DAYS - 1))

    def night(self, schemas: list[str]) -> None:
        keeping = self.store is not None
        policy = PartitionPolicy("visits", "at", ahead=AHEAD, keep_days=KEEP, archive=keeping)
        self._run(schemas, datetime.now(UTC), policy)

    def _run(self, schemas: list[str], now: datetime, policy: PartitionPolicy) -> None:
        with connections[self.title].cursor() as cursor:
            shown = catalogue.read(cursor, schemas, [policy.table])
        actions = plan(Rules([policy], {}), shown, now)
        for outcome in engine.apply(actions, using=self.title, store=self.store):
            assert not outcome.error, outcome


@dataclass
class Partman(Peer):
    """pg_partman as its documentation runs it: create_parent, then run_maintenance_proc."""

    def __post_init__(self) -> None:
        self.sql(
            "CREATE SCHEMA IF NOT EXISTS partman",
            "CREATE EXTENSION IF NOT EXISTS pg_partman SCHEMA partman",
        )

    def forget(self) -> None:
        super().forget()
        self.sql("DELETE FROM partman.part_config")
        for (name,) in self.sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'partman'"
            r" AND tablename LIKE 'template\_%'"
        ):
            self.sql(f'DROP TABLE partman."{name}"')

    def first(self, schemas: list[str]) -> None:
        self._parents(schemas, today(), DAYS - 1)

    def steady(self, schemas: list[str]) -> None:
        self._parents(schemas, today() - timedelta(days=2), DAYS - 3)
        self.sql(
            f"UPDATE partman.part_config SET premake = {AHEAD}, retention = '{KEEP} days',"
            " retention_keep_table = false, infinite_time_partitions = true"
        )

    def night(self, schemas: list[str]) -> None:
        self.sql("CALL partman.run_maintenance_proc(p_analyze := false)")

    def _parents(self, schemas: list[str], start: datetime, premake: int) -> None:
        for schema in schemas:
            self.sql(
                f"SELECT partman.create_parent('{schema}.visits', 'at', 'native', 'daily',"
                f" p_premake := {premake}, p_start_partition := '{start.isoformat()}')",
                # Its DEFAULT partition, which ours refuses to have.
                f"DROP TABLE IF EXISTS {schema}.visits_default",
            )


@contextmanager
def peers(cluster_dsn: str, partman: bool, directory: Path) -> Iterator[list[Peer]]:
    """All contestants on one server, each in a database of its own."""
    passwords = {role: secrets.token_hex(8) for role in roles.LOGINS}

    def database(name: str) -> str:
        roles.bootstrap(cluster_dsn, name, passwords)
        return make_dsn(cluster_dsn, dbname=name)

    store = FileSystemStorage(location=directory / "archive")
    found: list[Peer] = [
        Ours("WifiCore", database("ours")),
        Ours("WifiCore, archiving", database("archiving"), store),
    ]
    if partman:
        found.append(Partman("pg_partman", database("partman")))
    yield found
    shutil.rmtree(directory / "archive", ignore_errors=True)


def has_partman(programs: Any) -> bool:
    """Whether this PostgreSQL could load pg_partman."""
    share = Path("/usr/share/postgresql") / str(programs.major)
    places = (share, programs.directory.parent / "share")
    return any(any(place.rglob("pg_partman.control")) for place in places)
