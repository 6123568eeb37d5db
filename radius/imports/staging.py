"""Rows into radius_import_row, a chunk in a transaction; a second worker goes on, not again."""

from collections.abc import Callable, Sequence

from django.db.models import Max

from .cells import Row
from .models import Import, ImportRow

CHUNK = 1_000


def stage(batch: Import, rows: Sequence[Row], progress: Callable[[int], None]) -> None:
    """Stage what is not staged yet.

    A worker that was given up but still lives may do the same at the same time: equal rows meet,
    and after the import's end its foreign key refuses them.
    """
    last = ImportRow.objects.filter(batch=batch).aggregate(last=Max("line"))["last"] or 0
    for start in range(0, len(rows), CHUNK):
        chunk = [row for row in rows[start : start + CHUNK] if row.line > last]
        ImportRow.objects.bulk_create((_staged(batch, row) for row in chunk), ignore_conflicts=True)
        progress(min(start + CHUNK, len(rows)))


def _staged(batch: Import, row: Row) -> ImportRow:
    return ImportRow(
        batch=batch,
        line=row.line,
        username=row.username,
        has_password=bool(row.password),
        plan=row.plan,
        name=row.name,
        phone=row.phone,
        status=row.status,
        expires_at=row.expires_at,
    )
