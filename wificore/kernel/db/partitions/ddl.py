"""Creates, attaches, detaches and drops partitions while everybody goes on writing.

What a writer holds on the table (ROW EXCLUSIVE) conflicts with none of the locks taken here on it
(SHARE UPDATE EXCLUSIVE for ATTACH and DETACH CONCURRENTLY); `CREATE TABLE .. PARTITION OF` would
take ACCESS EXCLUSIVE. Whatever else has to be waited for is waited for briefly, and again later.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connections, transaction
from psycopg2 import errors
from psycopg2.sql import SQL, Composable, Composed, Identifier

from . import catalogue, statements
from .actions import Attach, Create, Detach

BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)
# A crash may take back the last steps, in their order: the next plan sees what is missing. A DROP
# waits for the disk whatever is set, and whoever writes into a new partition does so for both.
NO_WAIT = "synchronous_commit = off"
# The SQL functions of the apps that make partitions as a last resort take the same lock.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s || '.partitions', 0))"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lock is waited for, how often that is tried, and the first pause in between."""

    lock_ms: int = 2_000
    attempts: int = 6
    pause_s: float = 0.5


PATIENCE = Patience()


def create(using: str, batch: Sequence[Create], patience: Patience = PATIENCE) -> None:
    """Make and attach partitions of one table in one transaction; those that exist stay."""
    first = batch[0]

    def work() -> None:
        with _transaction(using, patience) as cursor:
            cursor.execute(LOCK, [first.schema])
            there = _attached(cursor, batch)
            guarded = _guarded(cursor, first.schema, first.table)
            todo = [action for action in batch if action.name not in there]
            if todo:
                cursor.execute(_creation(todo, guarded))

    _patiently(work, patience)


def make(cursor: Any, action: Create) -> None:
    """The table alone, not attached yet, with the CHECK that spares ATTACH its scan."""
    cursor.execute(statements.create(action, guarded=_guarded(cursor, action.schema, action.table)))


def attach(using: str, action: Attach, patience: Patience = PATIENCE) -> None:
    """Bring a detached table back into its parent; one that is there already stays."""

    def work() -> None:
        if state(using, action.schema, action.name).attached:
            return
        with _transaction(using, patience) as cursor:
            cursor.execute(LOCK, [action.schema])
            cursor.execute(statements.check(action))
            cursor.execute(statements.attach(action))

    _patiently(work, patience)


def detach(using: str, action: Detach, patience: Patience = PATIENCE) -> None:
    """Take a partition out; finishes what was interrupted, does nothing if it is out already."""

    def work() -> None:
        now = state(using, action.schema, action.name)
        if not now.attached:
            return
        _mark(using, action, patience)
        _outside_transaction(using, statements.detach(action, finalize=now.pending), patience)

    _patiently(work, patience)


def drop(
    using: str, schema: str, name: str, *, rows: int | None, patience: Patience = PATIENCE
) -> None:
    """Drop a detached partition.

    Args:
        rows: how many were archived; None: they are not wanted.

    Raises:
        Changed: it is a partition again, or holds another number of rows than the archive.
    """

    def work() -> None:
        with _transaction(using, patience) as cursor:
            table = Identifier(schema, name)
            cursor.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
            if _state(cursor, schema, name).attached:
                raise Changed(f"{schema}.{name} was attached again meanwhile")
            if rows is not None:
                cursor.execute(SQL("SELECT count(*) FROM {}").format(table))
                if cursor.fetchone() != (rows,):
                    raise Changed(f"{schema}.{name} does not hold the {rows} rows of its archive")
            cursor.execute(SQL("DROP TABLE {}").format(table))

    _patiently(work, patience)


class Changed(RuntimeError):
    """A partition is not any more what it was when the decision to drop it was made."""


@dataclass(frozen=True, slots=True)
class State:
    """What one table is just now."""

    exists: bool
    attached: bool = False
    pending: bool = False


def state(using: str, schema: str, name: str) -> State:
    with connections[using].cursor() as cursor:
        return _state(cursor, schema, name)


def _state(cursor: Any, schema: str, name: str) -> State:
    cursor.execute(catalogue.SQL["one"], {"schema": schema, "name": name})
    row = cursor.fetchone()
    return State(True, row[0], row[1]) if row else State(False)


def _mark(using: str, action: Detach, patience: Patience) -> None:
    with _transaction(using, patience) as cursor:
        cursor.execute(statements.mark(action))


def _attached(cursor: Any, batch: Sequence[Create]) -> set[str]:
    names = [action.name for action in batch]
    facts = {"schema": batch[0].schema, "table": batch[0].table, "names": names}
    cursor.execute(catalogue.SQL["attached"], facts)
    return {name for (name,) in cursor.fetchall()}


def _guarded(cursor: Any, schema: str, table: str) -> bool:
    cursor.execute(catalogue.SQL["guarded"], {"schema": schema, "name": table})
    row = cursor.fetchone()
    return bool(row and row[0])


def _creation(batch: Iterable[Create], guarded: bool) -> Composable:
    return Composed(
        part
        for action in batch
        for part in (statements.create(action, guarded=guarded), statements.attach(action))
    )


@contextmanager
def _transaction(using: str, patience: Patience) -> Iterator[Any]:
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {patience.lock_ms}; SET LOCAL {NO_WAIT}")
        yield cursor


def _outside_transaction(using: str, statement: Composable, patience: Patience) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {patience.lock_ms}; SET {NO_WAIT}")
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("RESET lock_timeout; RESET synchronous_commit")


def _patiently(work: Callable[[], None], patience: Patience) -> None:
    for attempt in range(patience.attempts):
        try:
            return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, BUSY) or attempt + 1 == patience.attempts:
                raise
            time.sleep(patience.pause_s * 2**attempt)
    return None
