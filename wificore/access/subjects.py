"""What `decide` needs to know of users: read with one query, cached until anybody's rights change.

A cached entry is named by the user's `authz_version`, which every change of rights counts up, so
nothing has to be deleted and nothing stale can be read. Positions are kept with their days and
compared with today at each use, so that an acting position ends at midnight by itself.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from wificore.kernel import sql

from .codes import BUILT_IN
from .decide import PositionRule, RoleRule, Subject

SUBJECTS = sql.load(Path(__file__).parent / "sql" / "subject.sql")["subjects"]
KEEP_S = 3600

Rights = dict[str, Any]


def subject(schema: str, user_id: int, is_active: bool, version: int) -> Subject:
    """The subject of one user: at most one query, none while the cache has it."""
    key = f"rights:{user_id}:{version}"
    rights = cache.get(key)
    if rights is None:
        rights = rights_of([user_id], schema).get(user_id) or nobody()
        # What an open transaction sees may never come true, and its version is used again then.
        if not connections["default"].in_atomic_block:
            cache.set(key, rights, KEEP_S)
    return build(schema, user_id, {**rights, "active": is_active})


def rights_of(user_ids: Iterable[int], schema: str, *, using: str = "default") -> dict[int, Rights]:
    """The rights of several users as the database has them, by id."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql.render(SUBJECTS, schema), [list(user_ids)])
        return {user_id: _parsed(rights) for user_id, rights in cursor.fetchall()}


def nobody() -> Rights:
    """The rights of a user that is gone."""
    return {"active": False, "zone": "UTC", "roles": [], "positions": [], "sites": []}


def build(schema: str, user_id: object, rights: Rights, *, today: date | None = None) -> Subject:
    """A subject as of today, or as of another day."""
    return Subject(
        schema=schema,
        id=str(user_id),
        is_active=rights["active"],
        today=today or today_in(rights["zone"]),
        roles=tuple(_role(role) for role in rights["roles"]),
        positions=tuple(_position(position) for position in rights["positions"]),
        sites=frozenset(rights["sites"]),
    )


def today_in(zone: str, now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(ZoneInfo(zone)).date()


def role_rule(name: str, codes: Iterable[str], *, built_in: bool) -> RoleRule:
    """A role as `decide` sees it; a built-in one's codes are the release's."""
    if built_in:
        known = BUILT_IN[name]
        return RoleRule(name, known.codes, known.whole_tenant)
    return RoleRule(name, frozenset(codes))


def _role(role: dict[str, Any]) -> RoleRule:
    return role_rule(role["name"], role["codes"], built_in=role["built_in"])


def _position(position: dict[str, Any]) -> PositionRule:
    ends_on = position["ends_on"]
    return PositionRule(
        id=position["id"],
        title=position["title"],
        grants=frozenset(position["grants"]),
        denials=frozenset(position["denials"]),
        limits=position["limits"],
        whole_tenant=position["scope"] == "tenant",
        starts_on=date.fromisoformat(position["starts_on"]),
        ends_on=date.fromisoformat(ends_on) if ends_on else date.max,
    )


def _parsed(rights: Any) -> Rights:
    parsed: Rights = json.loads(rights) if isinstance(rights, str) else rights
    return parsed
