"""Writes: fills `kernel.audit.record`, in the caller's transaction; starts an export."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connections, transaction

from wificore.jobs.models import Job
from wificore.jobs.selectors import job_public_id
from wificore.jobs.services import job_start
from wificore.kernel.actor import Actor
from wificore.kernel.audit import Entry, Values
from wificore.kernel.changes import announce
from wificore.kernel.payload import encode

from .exporting import KIND

# Raw SQL without RETURNING, set-wise; the schema is the context's own, never a caller's text.
INSERT = """
INSERT INTO "{schema}".audit_entry (actor_kind, actor_id, actor_name, actor_token, address,
    user_agent, request_id, action, object_type, object_id, old, new, reason)
SELECT %s, %s, %s, %s, %s::inet, %s, %s, row.*
FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::text[])
    AS row (action, object_type, object_id, old, new, reason)
"""
MAX_REASON = 500


class AuditNotWritten(RuntimeError):
    """The trail refused a line, so what it is about is refused too (is a partition missing?)."""


def entries_write(entries: Sequence[Entry], actor: Actor, *, schema: str, using: str) -> None:
    """Append to the trail of `schema`.

    Raises:
        AuditNotWritten: the database refused. Not an IntegrityError, which a service would take
            for its own row's.
    """
    who = [actor.kind, actor.id[:64], actor.name[:254], actor.token[:64]]
    where = [actor.address, actor.user_agent, actor.request_id[:64]]
    columns: list[list[str | None]] = [
        [entry.action for entry in entries],
        [entry.object_type for entry in entries],
        [entry.object_id for entry in entries],
        [_json(entry.old) for entry in entries],
        [_json(entry.new) for entry in entries],
        [entry.reason[:MAX_REASON] for entry in entries],
    ]
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(INSERT.format(schema=schema), [*who, *where, *columns])
    except IntegrityError as error:
        raise AuditNotWritten(f"{schema}.audit_entry: {error}") from error


def export_start(
    *, since: datetime, until: datetime, filters: Mapping[str, str], file_format: str
) -> Job:
    """A job that writes lines of the active schema's trail into a file.

    Args:
        filters: as `selectors.entries_matching`.
        file_format: one of `exporting.FORMATS`.
    """
    params = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "filters": dict(filters),
        "format": file_format,
    }
    with transaction.atomic():
        job = job_start(kind=KIND, params=params)
        announce("audit_export.started", job_public_id(job), new=params)
    return job


def _json(values: Values | None) -> str | None:
    return None if values is None else encode(values)
