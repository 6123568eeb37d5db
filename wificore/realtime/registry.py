"""Which app has this key, this id, this tenant: read from the database, kept for a while.

    socket, HTTP call --by_key, by_id--> this process' memory --one SELECT on a thread--> PostgreSQL
    services --{"k": "app"} on Redis--> hub --forget(id)--> read again at the next look-up

What a message missed counts after `AGE_S`. While PostgreSQL is away, what is known stays in force.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from django.db import Error, connection

from tenants.models import TenantState
from wificore.kernel import logging
from wificore.kernel.db.context import PUBLIC, platform_context
from wificore.kernel.sql import load, render
from wificore.kernel.threads import in_thread

from . import secrets

AGE_S = 30.0
# A key that nobody has is asked for again after this long; so many of them are remembered.
UNKNOWN_AGE_S = 1.0
UNKNOWN_LIMIT = 10_000

By = Literal["key", "id", "schema"]
SQL = Path(__file__).parent / "sql" / "look_up.sql"

log = logging.get(__name__)


class RegistryAway(RuntimeError):
    """PostgreSQL does not answer, and this app is not known yet."""


@dataclass(frozen=True, slots=True)
class App:
    """A tenant's app as the realtime process needs it.

    Attributes:
        id: digits. secrets: newest first; a signature by any of them is good.
        hosts: the tenant's own, lower case, without port.
        enabled: neither the tenant nor the platform switched it off.
        suspended: the tenant's hosts are closed, for whatever reason.
        allowed_origins: besides the tenant's own (`https://shop.example`).
        webhook_url: empty: there is none. webhook_events: the kinds it gets.
    """

    id: str
    key: str
    secrets: tuple[str, ...] = field(repr=False)
    schema: str
    slug: str
    hosts: frozenset[str] = frozenset()
    enabled: bool = True
    suspended: bool = False
    max_connections: int = 10_000
    client_events: bool = True
    allowed_origins: frozenset[str] = frozenset()
    webhook_url: str = ""
    webhook_events: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether sockets may connect and calls are answered."""
        return self.enabled and not self.suspended

    def wants(self, kind: str) -> bool:
        """Whether its webhook gets this kind of event (`channel_occupied`)."""
        return bool(self.webhook_url) and kind in self.webhook_events


@dataclass(frozen=True, slots=True)
class Known:
    """What a look-up found, None for nothing, and until when it counts."""

    app: App | None
    until: float


class Registry:
    """One process' memory of apps. Looks up from an event loop, and from threads (`find`)."""

    def __init__(self, age_s: float = AGE_S) -> None:
        self._age_s = age_s
        self._known: dict[tuple[By, str], Known] = {}
        self._asking: dict[tuple[By, str], asyncio.Task[App | None]] = {}
        self._forgotten = 0

    async def by_key(self, key: str) -> App | None:
        return await self._get("key", key)

    async def by_id(self, app_id: str) -> App | None:
        return await self._get("id", app_id)

    async def by_schema(self, schema: str) -> App | None:
        return await self._get("schema", schema)

    def find(self, by: By, value: str) -> App | None:
        """The same for code that may block.

        Raises:
            RegistryAway: PostgreSQL does not answer, and it is not known yet.
        """
        known = self._known.get((by, value))
        if known is not None and known.until > time.monotonic():
            return known.app
        return self._read(by, value)

    def forget(self, app_id: str) -> None:
        """Read this app again at its next look-up."""
        self._forgotten += 1
        for place, known in list(self._known.items()):
            if known.app is None or known.app.id == app_id:
                # Kept, for as long as PostgreSQL is away.
                self._known[place] = Known(known.app, 0.0)

    def forget_all(self) -> None:
        self._forgotten += 1
        self._known.clear()

    async def _get(self, by: By, value: str) -> App | None:
        known = self._known.get((by, value))
        if known is not None and known.until > time.monotonic():
            return known.app
        # Thousands of sockets that come back at once are one question.
        place = (by, value)
        asking = self._asking.get(place)
        if asking is None:
            asking = asyncio.create_task(in_thread(self._read, by, value))
            self._asking[place] = asking
            asking.add_done_callback(lambda _done: self._asking.pop(place, None))
        return await asyncio.shield(asking)

    def _read(self, by: By, value: str) -> App | None:
        forgotten = self._forgotten
        try:
            found = look_up(by, value)
        except RegistryAway:
            known = self._known.get((by, value))
            if known is None or known.app is None:
                raise
            found = known.app
        if forgotten != self._forgotten:
            return found  # somebody changed while it was read: perhaps this is the old row
        return self._remember(by, value, found)

    def _remember(self, by: By, value: str, app: App | None) -> App | None:
        age_s = self._age_s if app else UNKNOWN_AGE_S
        if app is None and len(self._known) > UNKNOWN_LIMIT:
            self._drop_unknown()
        self._known[by, value] = Known(app, time.monotonic() + age_s)
        return app

    def _drop_unknown(self) -> None:
        for place in [place for place, known in self._known.items() if known.app is None]:
            del self._known[place]


def look_up(by: By, value: str) -> App | None:
    """One SELECT, as the platform: which tenant it is, is only known after it.

    Raises:
        RegistryAway: PostgreSQL does not answer.
    """
    if not value.isascii() or "\0" in value:
        return None  # never ours, and perhaps no text that PostgreSQL takes
    statement = render(load(SQL)["look_up"], PUBLIC)
    try:
        with platform_context(), connection.cursor() as cursor:
            cursor.execute(statement, {"by": by, "value": value})
            row = cursor.fetchone()
            names = [column.name for column in cursor.description]
    except Error as error:
        log.warning("app not looked up", error=type(error).__name__)
        raise RegistryAway(str(error)) from error
    return _app(dict(zip(names, row, strict=True))) if row else None


def _app(row: dict[str, Any]) -> App:
    return App(
        id=row["id"],
        key=row["key"],
        secrets=secrets.opened(json.loads(row["sealed_secrets"])),
        schema=row["tenant"],
        slug=row["slug"],
        hosts=frozenset(row["hosts"]),
        enabled=row["enabled"] and not row["blocked"],
        suspended=row["state"] != TenantState.ACTIVE,
        max_connections=row["max_connections"],
        client_events=row["client_events"],
        allowed_origins=frozenset(json.loads(row["allowed_origins"])),
        webhook_url=row["webhook_url"],
        webhook_events=frozenset(json.loads(row["webhook_events"])),
    )


registry = Registry()
