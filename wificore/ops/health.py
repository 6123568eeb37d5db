"""How the platform is, as numbers for a page: the metrics that a person asks about first.

They come from the same readings as the exporter's (`metrics.parts`); what cannot be read is None
and costs the others nothing.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from wificore.events.store import relay_state
from wificore.kernel import logging

from .metrics.parts import PATIENCE_S, QUEUES, SPOOLS, TENANTS

log = logging.get(__name__)
Json = dict[str, Any]


def health() -> Json:
    """Returns: {"relay", "spools", "tenants", "queues"}; a part that cannot be read is None.

    Ages are in seconds; `silent_s` is None where there never was a sign of life.
    """
    parts = {"relay": _relay, "spools": _spools, "tenants": _tenants, "queues": _queues}
    return {name: _tried(name, part) for name, part in parts.items()}


def _tried(name: str, part: Callable[[], Any]) -> Any:
    try:
        return part()
    except redis.RedisError as error:
        log.warning("not measured", part=name, error=f"{type(error).__name__}: {error}")
        return None


def _relay() -> Json:
    state = relay_state()
    return {
        "lag_s": state.lag_s,
        "backlog": state.backlog,
        "silent_s": state.silent_s if isfinite(state.silent_s) else None,
        "set_aside": state.set_aside,
    }


def _spools() -> list[Json]:
    names = ("name", "applied", "quarantined", "behind_s", "held")
    return [dict(zip(names, row, strict=True)) for row in _rows(SPOOLS)]


def _tenants() -> list[Json]:
    return [{"state": state, "count": count} for state, count in _rows(TENANTS)]


def _queues() -> list[Json]:
    options = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **options) as client:
        return [{"name": name, "waiting": int(str(client.llen(name)))} for name in QUEUES]


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
