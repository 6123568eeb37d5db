"""Writes: which routers have fallen silent, and which talk again; each change is told once.

RADIUS has no heartbeat. A router with somebody online owes an interim update every few minutes, so
that its silence means something soon; one with nobody online owes nothing, and is given a day.
Silence is measured against the last moment up to which all packets are applied, never against now:
a backlog, or an ingester that stands still, makes no router silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from radius.models import NasState
from radius.registry.models import Nas
from wificore.kernel import sql
from wificore.kernel.db.context import PUBLIC, current, platform_context
from wificore.kernel.events import publish

SQL = Path(__file__).parents[1] / "sql" / "watching.sql"
# Far longer than beat's pace and a router's interim interval.
LOOK_BACK = timedelta(hours=1)
# A session whose last news are this much older than the router's owes nothing of now.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """A router's last packet, and the last of a session that owes news."""

    at: datetime
    owing: datetime | None

    @property
    def owes(self) -> bool:
        return self.owing is not None and self.owing >= self.at - FRESH


def routers_watch() -> dict[str, int]:
    """Compare all enabled routers of the tenant with what was heard (beat, every minute)."""
    now = _applied()
    if now is None:
        return {"watched": 0}
    heard = _heard(now - LOOK_BACK, now)
    routers = {nas.pk: nas for nas in Nas.objects.filter(enabled=True)}
    NasState.objects.exclude(nas_id__in=routers).delete()
    states = {state.nas_id: state for state in NasState.objects.all()}
    changed = sum(
        _watch(nas, states.get(key), heard.get(str(nas.address)), now)
        for key, nas in routers.items()
    )
    return {"watched": len(routers), "changed": changed}


def _watch(nas: Nas, state: NasState | None, heard: Heard | None, now: datetime) -> bool:
    """Write down how one router is; whether it fell silent or came back."""
    if state is None:
        if heard is not None:  # one that was never heard is not installed yet
            NasState.objects.create(nas_id=nas.pk, last_seen_at=heard.at, owes=heard.owes)
        return False
    if heard is not None and heard.at > state.last_seen_at:
        state.last_seen_at, state.owes = heard.at, heard.owes
        NasState.objects.filter(pk=nas.pk).update(last_seen_at=heard.at, owes=heard.owes)
    silent = now - state.last_seen_at > _patience(state)
    if silent == (state.silent_since is not None):
        return False
    return _fell_silent(nas, state) if silent else _came_back(nas, state)


def _patience(state: NasState) -> timedelta:
    conf = settings.RADIUS
    # What is silent comes back by a packet, not by a session that was closed.
    strict = state.owes or state.silent_since is not None
    return timedelta(seconds=conf.silent_after_s if strict else conf.idle_after_s)


def _fell_silent(nas: Nas, state: NasState) -> bool:
    with transaction.atomic():
        rows = NasState.objects.filter(pk=nas.pk, silent_since=None)
        done = rows.update(silent_since=state.last_seen_at)
        if done:
            publish("nas.silent", _told(nas, state), subject=str(nas.pk))
    return bool(done)


def _came_back(nas: Nas, state: NasState) -> bool:
    since = state.silent_since
    assert since is not None
    with transaction.atomic():
        done = NasState.objects.filter(pk=nas.pk, silent_since=since).update(silent_since=None)
        if done:
            minutes = int((state.last_seen_at - since).total_seconds() // 60)
            more = {"silent_since": since, "silent_minutes": minutes}
            publish("nas.seen", {**_told(nas, state), **more}, subject=str(nas.pk))
    return bool(done)


def _told(nas: Nas, state: NasState) -> dict[str, Any]:
    return {
        "id": nas.pk,
        "name": nas.name,
        "address": str(nas.address),
        "site": nas.site_id,
        "last_seen_at": state.last_seen_at,
    }


def _applied() -> datetime | None:
    tenant = current().schema
    with platform_context(), connection.cursor() as cursor:
        cursor.execute(sql.render(sql.load(SQL)["applied"], PUBLIC), {"tenant": tenant})
        found: datetime | None = cursor.fetchone()[0]
    return None if found is None else min(found, timezone.now())


def _heard(since: datetime, now: datetime) -> Mapping[str, Heard]:
    """By address. A router's clock may be ahead: nothing was heard later than now."""
    with connection.cursor() as cursor:
        cursor.execute(sql.render(sql.load(SQL)["heard"], current().schema), {"since": since})
        return {address: Heard(min(at, now), owing) for address, at, owing in cursor.fetchall()}
