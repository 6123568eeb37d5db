"""The relay's statements (`sql/relay.sql`), each a transaction of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from wificore.kernel.events import Event
from wificore.kernel.sql import load, render

SQL = Path(__file__).parent / "sql" / "relay.sql"
STATE = Path(__file__).parent / "sql" / "state.sql"


@dataclass(frozen=True, slots=True)
class Stream:
    """A schema's stream: the last number given out and the last one published."""

    tenant: str
    seq: int
    published: int


@dataclass(frozen=True, slots=True)
class RelayState:
    """How the relay is, for whoever watches it.

    Attributes:
        lag_s: age of the oldest event that has not gone out. backlog: how many have not.
        published: how many ever went out.
        silent_s: since its last sign of life; a relay that works gives one each second.
        set_aside: events that a handler refused for good.
    """

    lag_s: float
    backlog: int
    published: int
    silent_s: float
    set_aside: int


def relay_state() -> RelayState:
    """As the database has it now, whether or not a relay runs."""
    with connection.cursor() as cursor:
        cursor.execute(render(load(STATE)["relay_state"], "public"))
        lag, backlog, published, silent, aside = cursor.fetchone()
    never = float("inf")
    return RelayState(
        float(lag), int(backlog), published, never if silent is None else float(silent), aside
    )


def lead() -> bool:
    """Become the one relay that works; False: another one is."""
    return bool(_rows("lead")[0][0])


def move(limit: int) -> int:
    """Outbox to log, at most `limit` events; returns how many."""
    return int(_rows("move", {"limit": limit})[0][0])


def behind() -> list[Stream]:
    return [Stream(*row) for row in _rows("behind")]


def read(tenant: str, after: int, limit: int) -> list[Event]:
    """The events that follow a number, in order."""
    wanted = {"tenant": tenant, "after": after, "limit": limit}
    return [
        Event(event_id, tenant, seq, kind, subject, json.loads(payload), at)
        for event_id, tenant, seq, kind, subject, payload, at in _rows("read", wanted)
    ]


def mark(tenant: str, seq: int) -> None:
    _run("mark", {"tenant": tenant, "seq": seq})


def set_aside(event: Event, handler: str, error: str) -> None:
    values = {"tenant": event.schema, "seq": event.seq, "id": event.id, "type": event.type}
    _run("set_aside", {**values, "handler": handler[:200], "error": error[:1000]})


def beat(published: int, error: str) -> tuple[float, int]:
    """Note `published` more events and the present trouble; returns lag (s) and backlog."""
    lag, backlog = _rows("beat", {"published": published, "error": error[:500]})[0]
    return float(lag), int(backlog)


def _statement(name: str) -> str:
    return render(load(SQL)[name], "public")


def _rows(name: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), values)
        return list(cursor.fetchall())


def _run(name: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), values)
