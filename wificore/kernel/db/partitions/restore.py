"""Brings an archived partition back: verified, loaded, compared, and only then attached."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.core.files.storage import Storage
from django.db import connections, transaction

from . import archive, ddl, statements
from .actions import Attach, Create
from .manifest import ArchiveInvalid, Manifest


class RestoreRefused(RuntimeError):
    """The archive and the table it should return to do not fit."""


def find(
    store: Storage, schema: str, table: str, name: str, since: datetime | None = None
) -> Manifest:
    """The newest archive of one partition.

    Args:
        since: archives from before then are not this tenant's: another had the name.

    Raises:
        RestoreRefused: there is none.
        ArchiveInvalid: its manifest is damaged.
    """
    prefix = f"{schema}/{table}/{name}."
    found = [
        archive.read(store, note)
        for note in archive.notes(store, schema, table)
        if note.startswith(prefix)
    ]
    if since:
        found = [one for one in found if datetime.fromisoformat(one.archived_at) >= since]
    if not found:
        raise RestoreRefused(f"the archive has no partition {name} of {schema}.{table}")
    newest = max(found, key=lambda manifest: manifest.archived_at)
    if (newest.schema, newest.table, newest.name) != (schema, table, name):
        raise RestoreRefused(f"{newest.note} lies under another tenant's or table's name")
    return newest


def restore(using: str, manifest: Manifest, store: Storage, hold: datetime | None) -> None:
    """Load an archived partition and attach it.

    Args:
        hold: retention leaves it alone until then.

    Raises:
        ArchiveInvalid: the archive is damaged; nothing was changed.
        RestoreRefused: it is there already, or the table has lost columns since.
    """
    target = Create(manifest.schema, manifest.table, manifest.key, manifest.span)
    if target.name != manifest.name:
        raise RestoreRefused(f"{manifest.name} is not how a partition of {manifest.span} is called")
    if ddl.state(using, manifest.schema, manifest.name).exists:
        raise RestoreRefused(f"{manifest.schema}.{manifest.name} exists already")
    with tempfile.TemporaryFile() as rows:
        archive.verify(store, manifest, rows)
        rows.seek(0)
        _load(using, target, manifest, rows, hold)
    ddl.attach(using, Attach(target.schema, target.table, target.name, target.key, target.span))


def _load(
    using: str, target: Create, manifest: Manifest, rows: IO[bytes], hold: datetime | None
) -> None:
    """The table with its rows, marked as what it is, in one transaction; not attached yet."""
    columns = [name for name, _ in manifest.columns]
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        _refuse_lost(cursor, target, columns)
        ddl.make(cursor, target)
        cursor.execute(archive.PINNED)
        cursor.cursor.copy_expert(
            archive.copy(target.schema, target.name, columns, "FROM STDIN"), rows
        )
        again = archive.Digest()
        count = archive.copy_out(cursor, target.schema, target.name, columns, again)
        if (count, again.sha256) != (manifest.rows, manifest.csv_sha256):
            raise ArchiveInvalid(f"{manifest.name} is not what it was once it is loaded")
        cursor.execute(statements.mark(target, hold))


def _refuse_lost(cursor: Any, target: Create, columns: Sequence[str]) -> None:
    there = {name for name, _ in archive.columns_of(cursor, target.schema, target.table)}
    lost = [name for name in columns if name not in there]
    if lost:
        raise RestoreRefused(f"{target.schema}.{target.table} has no column {', '.join(lost)}")
