"""What is measured, part by part; a part whose server is away costs the others nothing.

Numbers of the whole platform: no label names a tenant, so that nobody who reads the page learns
which there are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)

from wificore.events.store import relay_state
from wificore.kernel.db.context import platform_context
from wificore.kernel.queues import DDL_QUEUE, DEFAULT_QUEUE, OUTBOUND_QUEUE
from wificore.realtime.reporting import totals

QUEUES = (DEFAULT_QUEUE, OUTBOUND_QUEUE, DDL_QUEUE)
SPOOLS = """
SELECT s.spool, s.applied, s.quarantined,
    extract(epoch FROM clock_timestamp() - nullif(s.watermark, '-infinity')),
    coalesce((SELECT sum(h.records) FROM public.spool_held h WHERE h.spool = s.spool), 0)
FROM public.spool_state s ORDER BY s.spool
"""
TENANTS = "SELECT state, count(*) FROM public.tenants_tenant GROUP BY state ORDER BY state"
PATIENCE_S = 3

Part = Callable[[], Iterable[Metric]]


class Redises:
    """This process' connections."""

    def __init__(self) -> None:
        options = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
        self.events = redis.Redis.from_url(settings.EVENTS_REDIS_URL, **options)
        self.queue = redis.Redis.from_url(settings.CELERY_BROKER_URL, **options)


def events() -> Iterator[Metric]:
    """The relay and its streams, as the database has them: true also when no relay runs."""
    with platform_context():
        state = relay_state()
    gauges = {
        "relay_lag_seconds": ("Age of the oldest event that has not gone out.", state.lag_s),
        "backlog": ("Events that have not gone out.", state.backlog),
        "relay_silent_seconds": ("Since the relay's last sign of life.", state.silent_s),
        "set_aside": ("Events that a handler refused for good.", state.set_aside),
    }
    for name, (text, value) in gauges.items():
        yield _gauge(f"wificore_events_{name}", text, value)
    published = CounterMetricFamily("wificore_events_published", "Events that went out.")
    published.add_metric([], state.published)
    yield published


def ingester() -> Iterator[Metric]:
    """The spools: what was applied and what waits."""
    applied = CounterMetricFamily(
        "wificore_ingester_applied", "Records of a spool in the database.", labels=["spool"]
    )
    quarantined = CounterMetricFamily(
        "wificore_ingester_quarantined", "Records that cannot be read.", labels=["spool"]
    )
    held = GaugeMetricFamily(
        "wificore_ingester_held", "Records kept for tenants in trouble.", labels=["spool"]
    )
    behind = GaugeMetricFamily(
        "wificore_ingester_behind_seconds", "Age of the newest applied record.", labels=["spool"]
    )
    for spool, done, bad, age, kept in _rows(SPOOLS):
        applied.add_metric([spool], done)
        quarantined.add_metric([spool], bad)
        held.add_metric([spool], float(kept))
        if age is not None:
            behind.add_metric([spool], float(age))
    yield from (applied, quarantined, held, behind)


def tenants() -> Iterator[Metric]:
    """How many there are, by state."""
    found = GaugeMetricFamily("wificore_tenants", "Tenants by state.", labels=["state"])
    for state, count in _rows(TENANTS):
        found.add_metric([state], count)
    yield found


def queues(client: "redis.Redis") -> Iterator[Metric]:
    """Tasks that wait for a worker."""
    found = GaugeMetricFamily("wificore_queue_length", "Tasks that wait.", labels=["queue"])
    for queue in QUEUES:
        found.add_metric([queue], float(str(client.llen(queue))))
    yield found


def parts() -> dict[str, Part]:
    """All of them, by name."""
    redises = Redises()
    return {
        "events": events,
        "ingester": ingester,
        "tenants": tenants,
        "queues": lambda: queues(redises.queue),
        "realtime": lambda: totals(redises.events),
    }


def _gauge(name: str, text: str, value: float) -> Metric:
    found = GaugeMetricFamily(name, text)
    found.add_metric([], value)
    return found


def _rows(query: str) -> list[tuple[Any, ...]]:
    with platform_context(), connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
