"""The ingester's connection, as wc_radius: it can call the versioned functions and nothing else.

The class of a failure says what to do with the batch: `Refused` (a record is at fault),
`PartitionMissing` (make it, try again), `TenantsChanged` (look again who is a tenant),
`Unavailable` (wait, try again: the spool keeps the batch), `TenantBroken` (the same for a batch;
work that is done tenant by tenant goes on with the next).
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import parse_dsn

from wificore.kernel.db.pooling import require_session_mode

from .records import Batch, Format
from .spool import Block

# Class 22: data exception; 23: constraint; 54: a row too large for a page.
DATA_AT_FAULT = ("22", "23", "54")
# Connection, transaction state, resources, shutdown: nothing that another batch would do better.
SERVER_AT_FAULT = ("08", "25", "40", "53", "55", "57")
NO_PARTITION = re.compile(r"no partition of relation")
KEY_DAY = re.compile(r"= \((\d{4}-\d{2}-\d{2})")
DAYS_AHEAD = 7

TENANTS = """
SELECT n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = 'wc_accounting_batch_v1' AND has_schema_privilege(n.oid, 'USAGE')
  AND has_function_privilege(p.oid, 'EXECUTE')
"""


class Unavailable(Exception):
    """The database cannot apply anything now; the batch stays in its spool."""


class TenantBroken(Unavailable):
    """A statement in a tenant's schema fails for no record's fault; the connection is well."""


class Refused(Exception):
    """The database refuses a record of the batch; str() is the reason in its words."""


class TenantsChanged(Exception):
    """A tenant of the batch does not exist any more."""


@dataclass
class PartitionMissing(Exception):
    """A time of the batch has no partition yet."""

    day: date


class Database:
    """One connection, made again by the next call after it broke."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        self.tenants: frozenset[str] = frozenset()

    def connect(self) -> None:
        """Connect, set up the staging tables, and see which tenants there are.

        Raises:
            Unavailable: no connection, or the functions of `public` are not installed yet.
            PoolModeRefused: the pool in between mixes sessions.
        """
        self.close()
        with self._errors():
            # Its staging tables are temporary: they belong to a session.
            require_session_mode(parse_dsn(self._dsn), "DATABASE_RADIUS_URL")
            self._connection = psycopg2.connect(
                self._dsn, connect_timeout=5, application_name="ingester"
            )
            self._connection.set_client_encoding("UTF8")
        with self._transaction() as cursor:
            # By statement: a pool refuses `options` at the start of a connection.
            cursor.execute("SET timezone TO 'UTC'")
            cursor.execute("SELECT public.wc_stage_v1()")
        self.refresh_tenants()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def refresh_tenants(self) -> None:
        with self._transaction() as cursor:
            cursor.execute(TENANTS)
            self.tenants = frozenset(schema for (schema,) in cursor.fetchall())

    def positions(self, spool: str) -> dict[str, int]:
        """How far each file of a spool has been applied, octets."""
        with self._transaction() as cursor:
            cursor.execute("SELECT * FROM public.wc_spool_positions_v1(%s)", [spool])
            return dict(cursor.fetchall())

    def apply(self, form: Format, batch: Batch, block: Block) -> None:
        """Apply a batch and move its file's checkpoint over the block, in one transaction.

        Raises:
            Refused, PartitionMissing, TenantsChanged, Unavailable: nothing was applied.
        """
        with self._transaction(batch.tenants) as cursor:
            if batch.count:
                cursor.copy_expert(
                    f"COPY pg_temp.{form.table} FROM STDIN (NULL '')", io.BytesIO(batch.copy)
                )
            for schema in batch.tenants:
                cursor.execute(sql.SQL("SELECT {}()").format(sql.Identifier(schema, form.function)))
            self._advance(cursor, form.spool, batch, block)

    @staticmethod
    def _advance(cursor: Any, spool: str, batch: Batch, block: Block) -> None:
        watermark = datetime.fromtimestamp(batch.received, UTC) if batch.received else None
        cursor.execute(
            "SELECT public.wc_spool_advance_v1(%s, %s, %s, %s, %s, %s, %s)",
            [spool, block.file, block.start, block.end, watermark, batch.count, len(batch.refused)],
        )

    def forget(self, spool: str, file: str) -> None:
        with self._transaction() as cursor:
            cursor.execute("SELECT public.wc_spool_forget_v1(%s, %s)", [spool, file])

    def idle(self, spool: str) -> datetime:
        """Note that everything received until now is applied; returns that time."""
        with self._transaction() as cursor:
            cursor.execute("SELECT public.wc_spool_idle_v1(%s)", [spool])
            watermark: datetime = cursor.fetchone()[0]
            return watermark

    def partitions(self, schema: str, first: date, days: int) -> int:
        """Make a tenant's missing daily partitions; returns how many."""
        return self._call(schema, "wc_partitions_ahead_v1", first, days)

    def heal(self, schema: str, watermark: datetime) -> int:
        """End the tenant's sessions that are silent; returns how many."""
        return self._call(schema, "wc_sessions_heal_v1", watermark)

    def purge(self, schema: str, watermark: datetime) -> int:
        """Forget sessions that ended more than 8 days ago; returns how many."""
        return self._call(schema, "wc_sessions_purge_v1", watermark)

    def _call(self, schema: str, function: str, *arguments: object) -> int:
        places = sql.SQL(", ").join([sql.Placeholder()] * len(arguments))
        call = sql.SQL("SELECT {}({})").format(sql.Identifier(schema, function), places)
        with self._transaction((schema,)) as cursor:
            cursor.execute(call, arguments)
            return int(cursor.fetchone()[0])

    @contextmanager
    def _transaction(self, tenants: tuple[str, ...] = ()) -> Iterator[Any]:
        if self._connection is None:
            raise Unavailable("not connected")
        with self._errors(tenants), self._connection, self._connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def _errors(self, tenants: tuple[str, ...] = ()) -> Iterator[None]:
        try:
            yield
        except psycopg2.Error as error:
            if self._connection is not None and self._connection.closed:
                self.close()
            raise self._meaning(error, tenants) from error

    def _meaning(self, error: psycopg2.Error, tenants: tuple[str, ...]) -> Exception:
        state, text = error.pgcode or "", str(error).strip() or type(error).__name__
        if NO_PARTITION.search(text) and (day := KEY_DAY.search(error.diag.message_detail or "")):
            return PartitionMissing(date.fromisoformat(day[1]))
        if state.startswith(DATA_AT_FAULT):
            return Refused(f"{state} {error.diag.message_primary}")
        if self._connection is None or state.startswith(SERVER_AT_FAULT) or not tenants:
            return Unavailable(text)
        return TenantsChanged(text) if self._someone_left(tenants) else TenantBroken(text)

    def _someone_left(self, tenants: tuple[str, ...]) -> bool:
        self._connection.rollback()
        self.refresh_tenants()
        return not self.tenants.issuperset(tenants)
