"""Writes: whether records of the tenant wait because its schema cannot take them (ADR 8)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from radius.events import HELD, HELD_OVER
from wificore.jobs.alarms import alarms_compare
from wificore.kernel import sql
from wificore.kernel.db.context import PUBLIC, current, platform_context

SQL = Path(__file__).parents[1] / "sql" / "watching.sql"
# A lock, a restart or a migration holds records for some seconds, which is nobody's work.
PATIENCE = timedelta(minutes=3)


def held_watch() -> dict[str, int]:
    """Tell of spools in which the tenant's records wait, and when they are applied (beat)."""
    return {"changed": alarms_compare(HELD, HELD_OVER, _held())}


def _held() -> dict[str, dict[str, Any]]:
    asked: dict[str, Any] = {"tenant": current().schema, "since": timezone.now() - PATIENCE}
    # The platform alone sees who is held, and says no word of why: errors quote records.
    with platform_context(), connection.cursor() as cursor:
        cursor.execute(sql.render(sql.load(SQL)["held"], PUBLIC), asked)
        rows = cursor.fetchall()
    return {spool: {"since": since, "records": records} for spool, since, records in rows}
