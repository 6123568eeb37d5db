"""How things stand in the active tenant, as the payloads of `states.py`."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from radius import selectors as radius
from radius.models import Session
from wificore.jobs.selectors import job_public_id, jobs_open

from .states import DASHBOARD, JOBS, REASONS, ROWS, SESSIONS

LATELY: Final = timedelta(minutes=15)
ACCEPTED: Final = "Access-Accept"

Payload = dict[str, Any]


def sessions() -> Payload:
    """Usage of what is online; listed are the sessions with the newest packets."""
    newest = radius.sessions_online().order_by("-acctupdatetime", "-radacctid")[:ROWS]
    return {**radius.usage_online(), "sessions": [_session(row) for row in newest]}


def jobs() -> Payload:
    """How far open jobs are."""
    return {
        "jobs": [
            {
                "id": job_public_id(job),
                "kind": job.kind,
                "state": job.state,
                "done": job.done,
                "total": job.total,
                "note": job.note,
            }
            for job in jobs_open(ROWS)
        ]
    }


def dashboard() -> Payload:
    """Numbers for a front page."""
    answers = radius.logins_by_answer(since=timezone.now() - LATELY)
    accepted = sum(number for reply, _, number in answers if reply == ACCEPTED)
    refused: Counter[str] = Counter()
    for reply, reason, number in answers:
        if reply != ACCEPTED:
            refused[reason or reply] += number
    return {
        "active_sessions": radius.sessions_online().count(),
        "logins_15_min": accepted,
        "rejects_15_min": refused.total(),
        "reject_reasons": [
            {"reason": reason, "count": count} for reason, count in refused.most_common(REASONS)
        ],
    }


def _session(row: Session) -> Payload:
    return {
        "id": radius.session_public_id(row),
        "username": row.username,
        "duration_s": row.acctsessiontime,
        "input_octets": row.acctinputoctets,
        "output_octets": row.acctoutputoctets,
        "updated_at": row.acctupdatetime,
    }


READERS: Final[Mapping[str, Callable[[], Payload]]] = {
    SESSIONS.type: sessions,
    JOBS.type: jobs,
    DASHBOARD.type: dashboard,
}
