"""The partition engine at night: chunks of schemas on the queue `ddl`, each schema claimed.

    beat -> ask_for_night (platform) -> night(chunk) on worker-ddl: one look at the catalogue,
                                        then schema by schema: claim, apply, write down

Unlike other recurring work it runs as the owner, and for suspended tenants too: their routers
go on.
"""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from tenants.partitioning import all_schemas, report, run_window
from wificore.kernel import logging
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
from wificore.kernel.db.partitions import Outcome
from wificore.kernel.db.partitions.alarms import Alarm
from wificore.kernel.queues import DDL_QUEUE
from wificore.kernel.tasks import platform_task

from .alarms import alarms_compare
from .claims import claim, claim_close
from .events import PARTITIONS, PARTITIONS_OVER
from .windows import daily

JOB = "partitions"
WINDOWS = daily(2)
CHUNK = 20
# No schema is begun after this; the rest is asked for again.
CHUNK_TIME = timedelta(minutes=8)

log = logging.get(__name__)


def ask_for_night() -> dict[str, Any]:
    """Send the night's chunks; whoever is done already is found done."""
    schemas = all_schemas("default")
    window = WINDOWS.start(datetime.now(UTC)).isoformat()
    expires = WINDOWS.pace.total_seconds()
    for start in range(0, len(schemas), CHUNK):
        night.send([schemas[start : start + CHUNK], window], expires=expires)
    return {"schemas": len(schemas)}


def tell_alarms() -> dict[str, Any]:
    """Alarms into the log, where monitoring looks, and to the people of each schema."""
    schemas = all_schemas("default")
    found = report(schemas, datetime.now(UTC), using="default")
    for schema in schemas:
        _tell(schema, [alarm for alarm in found.alarms if alarm.schema == schema])
    return {"alarms": len(found.alarms), "relations": found.relations}


def _tell(schema: str, alarms: Sequence[Alarm]) -> None:
    """Each code once, with all its tables: a night that failed is one alarm and not twenty."""
    by_code: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_code.setdefault(alarm.code, []).append(alarm)
    found = {
        code: {"tables": sorted({each.table for each in several}), "text": several[0].text}
        for code, several in by_code.items()
    }
    try:
        with _inside(schema):
            alarms_compare(PARTITIONS, PARTITIONS_OVER, found)
    except Exception:  # a tenant that is half made stops no other
        log.exception("alarms not told", tenant=schema)
        connection.close_if_unusable_or_obsolete()


@platform_task(queue=DDL_QUEUE)
def night(schemas: Sequence[str], window: str) -> None:
    """One chunk's night."""
    turn = _Turn(datetime.fromisoformat(window), time.monotonic() + CHUNK_TIME.total_seconds())
    run_window(schemas, datetime.now(UTC), claim=turn.claim, done=turn.done)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Claims of one chunk, each in its own schema."""

    window: datetime
    deadline: float

    def claim(self, schema: str) -> bool:
        if time.monotonic() > self.deadline:
            return False
        try:
            with _inside(schema):
                return claim(JOB, self.window)
        except Exception:  # a tenant that is half made stops no other
            log.exception("no claim for partitions", tenant=schema)
            return False

    def done(self, schema: str, outcomes: list[Outcome]) -> None:
        errors = [f"{one.action}: {one.error}" for one in outcomes if one.error]
        verbs = Counter(type(one.action).__name__.lower() for one in outcomes if not one.error)
        with _inside(schema):
            claim_close(JOB, self.window, result=dict(verbs), error="; ".join(errors))


@dataclass(frozen=True, slots=True)
class _Named:
    schema_name: str


def _inside(schema: str) -> AbstractContextManager[None]:
    return platform_context() if schema == PUBLIC else tenant_context(_Named(schema))
