"""An export of the trail: a job writes a file of the schema, people fetch it within seven days."""

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO, cast

from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.utils import timezone

from wificore.jobs.models import Job, JobState
from wificore.jobs.running import JobRun
from wificore.jobs.selectors import job_public_id
from wificore.jobs.services import JobFailed
from wificore.kernel.files import SchemaFiles

from . import selectors
from .models import AuditEntry

KIND = "audit.export"
KEPT = timedelta(days=7)
PAGE, CHUNK = 2_000, 1 << 20
MAX_ROWS = 1_000_000
FILES = SchemaFiles("exports")
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
COLUMNS = tuple(field.name for field in AuditEntry._meta.fields)
# What a spreadsheet takes for a formula (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Write = Callable[[dict[str, Any]], None]


def export_write(run: JobRun) -> dict[str, Any]:
    """Do the job: rows in pages into a local file, then into the store.

    Raises:
        JobFailed: there are too many rows for one file.
    """
    rows = _rows(run.params)
    total = rows.count()
    if total > MAX_ROWS:
        raise JobFailed(f"{total:,} rows are more than {MAX_ROWS:,}: take a shorter range.")
    with tempfile.TemporaryFile() as temporary:
        spool, done = cast(BinaryIO, temporary), 0
        with _text(spool) as text:
            write = _writer(run.params["format"], text)
            for done, entry in enumerate(_pages(rows), start=1):
                write(_values(entry))
                run.progress(done, total)
        run.heartbeat()
        size, digest = spool.tell(), _digest(spool)
        FILES.save(file_name(run.job), File(spool))
    return {"rows": done, "bytes": size, "sha256": digest}


def file_name(job: Job) -> str:
    return f"{job_public_id(job)}.{job.params['format']}"


def expires_at(job: Job) -> datetime | None:
    """Until when the file may be fetched; None: there is none (yet)."""
    if job.state != JobState.DONE or job.finished_at is None:
        return None
    end: datetime = job.finished_at + KEPT
    return end


def exports_forget() -> dict[str, int]:
    """Delete the active schema's files that nobody may fetch any more (beat, hourly)."""
    old = [name for name in FILES.names() if FILES.written_at(name) < timezone.now() - KEPT]
    for name in old:
        FILES.delete(name)
    return {"files": len(old)}


def _rows(params: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    since, until = (datetime.fromisoformat(params[name]) for name in ("since", "until"))
    filters = params["filters"]
    return selectors.entries_matching(since=since, until=until, filters=filters)


def _pages(rows: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """Oldest first, page by page behind the last one seen: no transaction stays open."""
    rows, rest = rows.order_by("at", "id"), rows.order_by("at", "id")
    while page := list(rest[:PAGE]):
        yield from page
        last = page[-1]
        after = Q(at__gt=last.at) | Q(at=last.at, id__gt=last.pk)
        rest = rows.filter(after, at__gte=last.at)


def _values(entry: AuditEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in COLUMNS}
    return {**values, "id": selectors.entry_public_id(entry)}


def _writer(kind: str, text: IO[str]) -> Write:
    if kind == "jsonl":
        return lambda values: print(_json(values), file=text)
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    return lambda values: table.writerow({name: cell(value) for name, value in values.items()})


def cell(value: Any) -> str:
    """A value as text that no spreadsheet runs: what looks like a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else _json(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


@contextmanager
def _text(spool: BinaryIO) -> Iterator[IO[str]]:
    """The file as text; it stays open when the block ends."""
    text = io.TextIOWrapper(spool, encoding="utf-8", newline="")
    yield text
    text.detach()


def _digest(spool: BinaryIO) -> str:
    found = hashlib.sha256()
    spool.seek(0)
    while block := spool.read(CHUNK):
        found.update(block)
    spool.seek(0)
    return found.hexdigest()
