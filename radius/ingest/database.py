"""The ingester's connection, as wc_radius: it can call the versioned functions and nothing else.

Whatever fails is told as what it means for the records (`errors`).
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import parse_dsn

from wificore.kernel.db.pooling import require_session_mode

from .errors import TenantBroken, TenantsChanged, Unavailable, meaning
from .held import Chunk
from .records import Batch, Format, lines_of
from .spool import Block

DAYS_AHEAD = 7
# A lock on one tenant's table may make the others wait so long, and no longer.
LOCK_TIMEOUT_MS = 2000

TENANTS = """
SELECT n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = 'wc_accounting_batch_v2' AND has_schema_privilege(n.oid, 'USAGE')
  AND has_function_privilege(p.oid, 'EXECUTE')
"""


class Database:
    """One connection, made again by the next call after it broke."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        # Whose statement is running; None: nobody's in particular.
        self._working_for: str | None = None
        # Tenants that are (`known`), and those among them whose schema is open to us.
        self.known: frozenset[str] = frozenset()
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
            cursor.execute("SET lock_timeout TO %s", [LOCK_TIMEOUT_MS])
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
            cursor.execute("SELECT public.wc_spool_tenants_v1()")
            self.known = frozenset(schema for (schema,) in cursor.fetchall())

    def positions(self, spool: str) -> dict[str, int]:
        """How far each file of a spool has been applied, octets."""
        with self._transaction() as cursor:
            cursor.execute("SELECT * FROM public.wc_spool_positions_v1(%s)", [spool])
            return dict(cursor.fetchall())

    def apply(
        self, form: Format, batch: Batch, piece: Block | Chunk, holding: Mapping[str, str]
    ) -> int:
        """Apply a batch and move on over its piece of the spool, in one transaction.

        Args:
            holding: tenants whose records are held instead, and why; of a block only.

        Returns:
            How many records were applied.

        Raises:
            Refused, PartitionMissing, TenantBroken, TenantsChanged, Unavailable: nothing was done.
        """
        count = batch.count
        with self._transaction() as cursor:
            if batch.count:
                cursor.copy_expert(
                    f"COPY pg_temp.{form.table} FROM STDIN (NULL '')", io.BytesIO(batch.copy)
                )
            for schema in set(batch.tenants) & holding.keys():
                count -= self._hold(cursor, form, batch, schema, holding[schema])
            if mine := [schema for schema in batch.tenants if schema not in holding]:
                self._call_tenants(cursor, form.kind, mine)
            if isinstance(piece, Chunk):
                self._release(cursor, form.spool, batch, piece)
            else:
                self._advance(cursor, form.spool, batch, piece, count)
        return count

    def _call_tenants(self, cursor: Any, kind: str, tenants: list[str]) -> None:
        try:
            call = sql.SQL("SELECT public.{}(%s)").format(sql.Identifier(f"wc_{kind}_apply_v1"))
            cursor.execute(call, [tenants])
        except psycopg2.Error as error:
            self._working_for = error.diag.schema_name or None
            raise

    @staticmethod
    def _hold(cursor: Any, form: Format, batch: Batch, schema: str, reason: str) -> int:
        lines = lines_of(batch, schema)
        call = "SELECT public.wc_spool_hold_v1(%s, %s, %s, %s)"
        cursor.execute(call, [form.spool, schema, lines.decode("ascii"), reason])
        return int(cursor.fetchone()[0])

    @staticmethod
    def _advance(cursor: Any, spool: str, batch: Batch, block: Block, applied: int) -> None:
        cursor.execute(
            "SELECT public.wc_spool_advance_v1(%s, %s, %s, %s, %s, %s, %s)",
            [
                spool,
                block.file,
                block.start,
                block.end,
                _watermark(batch),
                applied,
                len(batch.refused),
            ],
        )

    @staticmethod
    def _release(cursor: Any, spool: str, batch: Batch, chunk: Chunk) -> None:
        cursor.execute(
            "SELECT public.wc_spool_release_v1(%s, %s, %s, %s, %s, %s, %s)",
            [
                spool,
                chunk.tenant,
                chunk.ids[-1],
                chunk.lines,
                _watermark(batch),
                batch.count,
                len(batch.refused),
            ],
        )

    def held(self, spool: str) -> set[str]:
        """Tenants of a spool that are held back."""
        with self._transaction() as cursor:
            cursor.execute("SELECT public.wc_spool_held_v1(%s)", [spool])
            return {tenant for (tenant,) in cursor.fetchall()}

    def held_chunk(self, spool: str, tenant: str, octets: int) -> Chunk:
        """About so many octets of the tenant's oldest held lines, one line at least if any."""
        with self._transaction() as cursor:
            call = "SELECT * FROM public.wc_spool_held_lines_v1(%s, %s, %s)"
            cursor.execute(call, [spool, tenant, octets])
            rows = cursor.fetchall()
        return Chunk(tenant, tuple(i for i, _ in rows), tuple(t.encode("ascii") for _, t in rows))

    def retried(self, spool: str, tenant: str, reason: str) -> int | None:
        """Note that the tenant still fails; returns how many records wait."""
        with self._transaction() as cursor:
            cursor.execute("SELECT public.wc_spool_retried_v1(%s, %s, %s)", [spool, tenant, reason])
            records: int | None = cursor.fetchone()[0]
            return records

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
        with self._transaction() as cursor:
            self._working_for = schema
            cursor.execute(call, arguments)
            return int(cursor.fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        if self._connection is None:
            raise Unavailable("not connected")
        self._working_for = None
        with self._errors(), self._connection, self._connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg2.Error as error:
            if self._connection is not None and self._connection.closed:
                self.close()
            what = meaning(error, self._working_for, connected=self._connection is not None)
            if isinstance(what, TenantBroken) and self._is_gone(what.tenant):
                what = TenantsChanged(what.tenant)
            raise what from error

    def _is_gone(self, tenant: str) -> bool:
        self._connection.rollback()
        self.refresh_tenants()
        return tenant not in self.known


def _watermark(batch: Batch) -> datetime | None:
    return datetime.fromtimestamp(batch.received, UTC) if batch.received else None
