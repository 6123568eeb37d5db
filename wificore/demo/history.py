"""Ninety days of history for the demo's customers, in seconds: sessions, usage, logins.

Into the partitions of those days, which are made first: as many as retention keeps. A later run
adds the days since. The audit trail and the event log get nothing: they tell what happened.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from wificore.kernel import sql
from wificore.kernel.db.context import current
from wificore.kernel.db.partitions import policies
from wificore.kernel.db.partitions.actions import Create
from wificore.kernel.db.partitions.calendar import DAY, midnight, period
from wificore.kernel.db.partitions.ddl import create
from wificore.kernel.db.partitions.engine import look
from wificore.kernel.db.router import OWNER_ALIAS

from .people import HISTORY_DAYS, REJECTS, ZONE, DemoTenant

SQL = Path(__file__).with_name("history.sql")
TABLES = ("radacct", "radpostauth")
STEPS = ("sessions", "usage", "logins", "settle")
# What routers sent in the last hour says whether they are silent; that is not made up.
UNTIL = timedelta(hours=2)
# Hours of the day, each as often as people come online in it.
HOURS = [
    *(6, 7, 7, 8, 8, 9, 10, 11, 12, 12, 13, 13, 14, 15, 16, 16, 17, 17, 17, 18, 18, 18, 18),
    *(19, 19, 19, 19, 19, 20, 20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 22, 22, 22, 23, 23, 0, 1),
]
# So many partitions in one transaction: each holds locks until its end.
BATCH = 30


def remember(demo: DemoTenant, names: list[str], *, days: int = HISTORY_DAYS) -> None:
    """Write what is missing of the last `days` days; only the owner's connection may."""
    schema, now = current().schema, timezone.now()
    statements = {name: sql.render(text, schema) for name, text in sql.load(SQL).items()}
    since, until = midnight(now) - (days - 1) * DAY, now - UNTIL
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(statements["known"], {"names": names})
        (known,) = cursor.fetchone()
    if known is not None and until - known < DAY:
        return
    since = max(since, known or since)
    facts: dict[str, Any] = {
        "names": names,
        "routers": demo.routers,
        "hours": HOURS,
        "zone": ZONE,
        "ssid": demo.name,
        "reasons": REJECTS,
        "since": since,
        "until": until,
        "seed": (zlib.crc32(demo.slug.encode()) % 1000) / 1000,
    }
    for table in TABLES:
        partitions(schema, table, since, now)
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(statements["same"], facts)
        for step in STEPS:
            cursor.execute(statements[step], facts)


def partitions(schema: str, table: str, since: datetime, until: datetime) -> None:
    """Make those of these days that are missing."""
    missing = list(_missing(schema, table, since, until))
    for first in range(0, len(missing), BATCH):
        create(OWNER_ALIAS, missing[first : first + BATCH])


def _missing(schema: str, table: str, since: datetime, until: datetime) -> Iterator[Create]:
    """Days that no partition covers, whatever the tenant's interval is."""
    (key,) = {rule.key for rule in policies() if rule.table == table}
    found = look([schema]).parents
    (parent,) = [parent for parent in found if parent.table == table]
    day = midnight(since)
    while day <= until:
        span = period("day", day)
        if not any(known.span.overlaps(span) for known in parent.partitions):
            yield Create(schema, table, key, span)
        day += DAY
