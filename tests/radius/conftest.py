"""The database side of RADIUS alone: two tenants' schemas made from the SQL files, no Django.

radius.feed(start(..), stop(..))    one batch through the ingester's own door, as wc_radius
radius.sessions()                   what came of it
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.extras import DictCursor

from radius import sql as radius_sql
from radius.ingest.database import Database
from radius.ingest.records import ACCOUNTING, LOGINS, Format, read
from radius.ingest.spool import Block
from wificore.kernel.db import roles
from wificore.kernel.sql import statements

SCHEMA, OTHER = "ts_sqla", "ts_sqlb"
URLS = {
    roles.APP: "DATABASE_URL",
    roles.PROVISION: "DATABASE_OWNER_URL",
    roles.RADIUS: "DATABASE_RADIUS_URL",
}
# The roles' rights on these functions; the product's own list is kernel/db/grants.py.
CALLED_BY_RADIUS = (
    "wc_authorize_v1",
    "wc_voucher_activate_v1",
    "wc_accounting_batch_v2",
    "wc_postauth_batch_v2",
    "wc_partitions_ahead_v1",
    "wc_sessions_heal_v1",
    "wc_sessions_purge_v1",
    "wc_stage_v1",
    "wc_accounting_staged_v1",
    "wc_postauth_staged_v1",
    "wc_accounting_apply_v1",
    "wc_postauth_apply_v1",
    "wc_spool_positions_v1",
    "wc_spool_advance_v1",
    "wc_spool_forget_v1",
    "wc_spool_idle_v1",
    "wc_spool_tenants_v1",
    "wc_spool_held_v1",
    "wc_spool_hold_v1",
    "wc_spool_held_lines_v1",
    "wc_spool_release_v1",
    "wc_spool_retried_v1",
)
NAS_REGISTRY = """
CREATE TABLE public.nas_registry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant varchar(63) NOT NULL,
    address inet NOT NULL UNIQUE, shortname varchar(64) NOT NULL, secret_encrypted text NOT NULL
)
"""
TENANTS = """
CREATE TABLE public.tenants_tenant (
    schema_name varchar(63) PRIMARY KEY, state varchar(12) NOT NULL DEFAULT 'active'
)
"""
FUNCTIONS = """
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace = %s::regnamespace AND p.proname = ANY (%s)
"""
# What the product's own migrations make of its models.
VOUCHERS = """
CREATE TABLE {schema}.radius_voucher_batch (
    id bigint PRIMARY KEY, plan_id bigint NOT NULL, validity_s integer, expires_at timestamptz
);
CREATE TABLE {schema}.radius_voucher (
    id bigint PRIMARY KEY, batch_id bigint NOT NULL, code_hash bytea UNIQUE, state varchar(9),
    activated_at timestamptz, ends_at timestamptz, mac varchar(253)
)
"""
OUTBOX = """
CREATE TABLE public.events_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant varchar(63) NOT NULL,
    type varchar(64) NOT NULL, subject varchar(253) NOT NULL, payload jsonb NOT NULL
)
"""
TABLES = """
SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'ts_sqla', 'ts_sqlb') AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND c.relname NOT IN ('tenants_tenant', 'radius_voucher_key')
"""


def password(role: str) -> str:
    url = os.environ.get(URLS[role], "")
    return str(parse_dsn(url).get("password", "")) if url else "test"


PUBLIC = (
    radius_sql.PUBLIC_TABLES,
    radius_sql.PUBLIC_FUNCTIONS,
    radius_sql.PUBLIC_HELD,
    radius_sql.PUBLIC_HELD_FUNCTIONS,
    radius_sql.PUBLIC_BATCHES,
    radius_sql.PUBLIC_BATCH_FUNCTIONS,
)


def _install(cursor: Any, schema: str, *files: Any) -> None:
    for file in files:
        for statement in statements(file, schema):
            cursor.execute(statement)
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO wc_radius")
    cursor.execute(f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC")
    cursor.execute(FUNCTIONS, [schema, list(CALLED_BY_RADIUS)])
    for (signature,) in cursor.fetchall():
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO wc_radius")


def _build(cursor: Any) -> None:
    cursor.execute("SET ROLE wc_owner")
    cursor.execute(NAS_REGISTRY)
    cursor.execute(TENANTS)
    cursor.execute(OUTBOX)
    _install(cursor, "public", *PUBLIC)
    for schema in (SCHEMA, OTHER):
        install_tenant(cursor, schema)


def install_tenant(cursor: Any, schema: str) -> None:
    """A tenant's schema with tables, functions, rights and the partitions tests write to."""
    cursor.execute("INSERT INTO public.tenants_tenant VALUES (%s)", [schema])
    cursor.execute(f"CREATE SCHEMA {schema}")
    tables, functions = radius_sql.TENANT_TABLES, radius_sql.TENANT_FUNCTIONS
    cursor.execute(VOUCHERS.format(schema=schema))
    later = (
        radius_sql.TENANT_HELD_DEVICES,
        radius_sql.TENANT_BATCHES,
        radius_sql.TENANT_VOUCHERS,
        radius_sql.TENANT_VOUCHER_FUNCTIONS,
    )
    _install(cursor, schema, tables, *functions, *later)
    cursor.execute(f"SELECT {schema}.wc_partitions_ahead_v1(current_date - 8, 10)")


@dataclass
class Radius:
    """Two tenants' schemas, and the ingester's connection to them."""

    owner: Any
    dsn: str
    admin_dsn: str
    schema: str = SCHEMA
    other: str = OTHER
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.dsn)
        self.database.connect()
        self._fed = 0

    def run(self, statement: str, *arguments: object) -> list[Any]:
        """Rows of a statement as the owner, in the first tenant's schema."""
        with self.owner, self.owner.cursor() as cursor:
            cursor.execute(statement, arguments or None)
            return list(cursor.fetchall()) if cursor.description else []

    def one(self, statement: str, *arguments: object) -> Any:
        (row,) = self.run(statement, *arguments)
        return row

    def feed(self, *lines: bytes, form: Format = ACCOUNTING) -> None:
        """Apply lines as one batch, exactly as the ingester does."""
        block = Block("fed", self._fed, b"".join(lines))
        batch = read(block.data, form, self.database.tenants)
        assert not batch.refused, batch.refused
        self.database.apply(form, batch, block, {})
        self._fed = block.end

    def feed_logins(self, *lines: bytes) -> None:
        self._feed_other(LOGINS, lines)

    def _feed_other(self, form: Format, lines: tuple[bytes, ...]) -> None:
        fed, self._fed = self._fed, 0
        self.run("DELETE FROM public.spool_checkpoint WHERE spool = %s", form.spool)
        self.feed(*lines, form=form)
        self._fed = fed

    def sessions(self) -> list[Any]:
        """The view's rows, in order of arrival."""
        return self.run("SELECT * FROM ts_sqla.sessions ORDER BY radacctid")

    def session(self) -> Any:
        (row,) = self.sessions()
        return row

    def history(self) -> list[Any]:
        return self.run("SELECT * FROM ts_sqla.radacct ORDER BY radacctid")

    def usage(self) -> dict[tuple[str, str], tuple[int, int, int, int]]:
        """(username, day) -> octets in, octets out, seconds, sessions."""
        rows = self.run("SELECT * FROM ts_sqla.usage_daily")
        return {(row[0], row[1].isoformat()): tuple(row[2:6]) for row in rows}

    def authorize(self, *arguments: str) -> dict[str, str]:
        """attribute -> value of the answer to a login, asked as wc_radius."""
        with self.database._transaction() as cursor:
            cursor.execute("SELECT * FROM ts_sqla.wc_authorize_v1(%s, %s, %s, %s)", arguments)
            return {row[2]: row[3] for row in cursor.fetchall()}


@pytest.fixture(scope="session")
def radius_database(superuser_dsn: str) -> Iterator[tuple[str, str]]:
    """A database of its own with both schemas: (superuser's dsn, wc_radius' dsn)."""
    name = f"radius_sql_{os.getpid()}"
    admin = psycopg2.connect(superuser_dsn)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    roles.bootstrap(superuser_dsn, name, {role: password(role) for role in URLS})
    connection = psycopg2.connect(make_dsn(superuser_dsn, dbname=name))
    with connection, connection.cursor() as cursor:
        _build(cursor)
    connection.close()
    dsn = make_dsn(superuser_dsn, dbname=name, user=roles.RADIUS, password=password(roles.RADIUS))
    yield make_dsn(superuser_dsn, dbname=name), dsn
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def radius_schema(radius_database: tuple[str, str]) -> Iterator[Radius]:
    """Both tenants' schemas, empty."""
    admin_dsn, radius_dsn = radius_database
    owner = psycopg2.connect(admin_dsn, cursor_factory=DictCursor, options="-c timezone=UTC")
    with owner, owner.cursor() as cursor:
        cursor.execute("SET ROLE wc_owner")
        cursor.execute(TABLES)
        tables = cursor.fetchall()[0][0]
        cursor.execute(f"TRUNCATE {tables}")
    made = Radius(owner, radius_dsn, admin_dsn)
    yield made
    made.database.close()
    owner.close()
