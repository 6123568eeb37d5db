"""Writes: take a file in, work it through, clear away what dead jobs left."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from wificore.jobs import selectors as jobs
from wificore.jobs.models import Job
from wificore.jobs.services import job_start
from wificore.kernel import crypto

from . import cells, database, reading
from .cells import Fault, Row
from .checking import check
from .models import Import, ImportRow
from .publishing import RowsRefused, compile_logins, forget, write
from .report import Ending, Report
from .staging import stage

KIND = "radius.import_subscribers"
# Longer than the pause between an import's commit and a look at its job could ever be.
LEFT_AFTER = timedelta(hours=1)
GONE = "The file of this import is not stored any more: send it again."


def import_start(*, content: bytes, dry_run: bool = False, update: bool = False) -> Job:
    """A file taken in, and the job that works it through.

    Raises:
        FileRefused: it cannot be read as an import (FileTooLarge: it is too large).
    """
    with transaction.atomic():
        batch = import_store(content=content, dry_run=dry_run, update=update)
        params = {"import": batch.pk, "dry_run": dry_run, "update": update}
        return job_start(kind=KIND, params=params)


def import_store(*, content: bytes, dry_run: bool = False, update: bool = False) -> Import:
    """The file alone, for whoever calls `import_run` at once.

    Raises:
        FileRefused: as `import_start`.
    """
    text = reading.decode(content)
    reading.count(text, update=update)
    sealed = crypto.encrypt(text)
    return Import.objects.create(content=sealed, dry_run=dry_run, update=update)


def import_run(*, number: int, ending: Ending) -> Report:
    """Stage, check and publish a stored file; any process may go on where another one died.

    The report's faults say why nothing was written.
    """
    batch = Import.objects.filter(pk=number).first()
    if batch is None:
        ending.fail(GONE)
        return Report(dry_run=False, rows=0)
    if batch.created is not None:
        return _completed(batch, _published(batch, batch.created), ending)
    rows, faults = _parsed(batch)
    stage(batch, rows, lambda done: ending.progress(done, len(rows), "staged"))
    report = _checked(batch, rows, faults)
    if report.faults or batch.dry_run:
        return _completed(batch, report, ending)
    ending.progress(len(rows), len(rows), "publishing")
    try:
        report = write(batch, {row.username: row.password for row in rows})
    except RowsRefused as refused:  # somebody wrote subscribers since they were checked
        report = Report(dry_run=False, rows=len(rows), faults=refused.faults)
    return _completed(batch, report, ending)


def imports_forget() -> dict[str, int]:
    """Delete what dead jobs left in the current schema (beat, hourly)."""
    now = timezone.now()
    recent = jobs.jobs(since=now - jobs.LOOK_BACK, until=now).filter(kind=KIND)
    busy = {job.params["import"] for job in recent if job.finished_at is None}
    left = Import.objects.filter(created_at__lt=now - LEFT_AFTER).exclude(pk__in=busy)
    left = left.defer("content")
    for batch in left:
        if batch.created is not None:
            compile_logins(batch)
        import_drop(number=batch.pk)
    return {"imports": len(left)}


def import_drop(*, number: int) -> int:
    """Delete a stored file and its rows; how many there were, 0 or 1."""
    with transaction.atomic():
        database.execute("forget_rows", number)
        return database.execute("forget", number)


def _parsed(batch: Import) -> tuple[list[Row], list[Fault]]:
    rows, faults = [], []
    for record in reading.records(crypto.decrypt(batch.content), update=batch.update):
        row, wrong = cells.parse(record)
        rows.append(row)
        faults += wrong
    return rows, faults


def _checked(batch: Import, rows: Sequence[Row], faults: Sequence[Fault]) -> Report:
    """One fault a field, the cell's own before the database's."""
    found = sorted({(f.line, f.field): f for f in (*check(batch), *faults)}.values())
    if found:
        return Report(batch.dry_run, len(rows), faults=found)
    known = len(database.rows("known", batch.pk))
    return Report(batch.dry_run, len(rows), created=len(rows) - known, updated=known)


def _completed(batch: Import, report: Report, ending: Ending) -> Report:
    """End the import and its job together."""
    if not report.faults and not batch.dry_run:
        compile_logins(batch)
    with transaction.atomic():
        forget(batch)
        if report.faults and not batch.dry_run:
            ending.fail(report.refusal(), report.result())
        else:
            ending.complete(report.result())
    return report


def _published(batch: Import, created: int) -> Report:
    """The numbers of an import whose worker died after it had published."""
    rows = ImportRow.objects.filter(batch=batch).count()
    return Report(dry_run=False, rows=rows, created=created, updated=rows - created)
