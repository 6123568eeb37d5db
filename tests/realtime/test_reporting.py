"""What a process counted is handed over once, whatever becomes of Redis in between."""

import asyncio
from typing import Any

import pytest
import redis
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge

from wificore.realtime.link import LinkDown, Script
from wificore.realtime.reporting import COUNTERS, GAUGES, Reporter, totals

COUNT, LEVEL = '["things_total",{}]', '["level",{}]'


class Link:
    """Takes scripts, or is down."""

    def __init__(self) -> None:
        self.down = False
        self.taken: list[dict[str, float]] = []

    async def ask(self, script: Script) -> None:
        if self.down:
            raise LinkDown("Redis is away")
        _, _, *pairs = script.arguments
        self.taken.append({str(n): float(v) for n, v in zip(pairs[::2], pairs[1::2], strict=True)})


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def metrics() -> tuple[CollectorRegistry, Counter, Gauge]:
    registry = CollectorRegistry()
    things = Counter("things", "Things.", registry=registry)
    return registry, things, Gauge("level", "A level.", registry=registry)


def test_only_what_is_new_is_handed_over(link: Any, metrics: Any) -> None:
    registry, things, level = metrics
    reporter = Reporter(link, registry)
    things.inc(3)
    level.set(7)
    asyncio.run(reporter.report())
    things.inc(2)
    asyncio.run(reporter.report())
    asyncio.run(reporter.report())
    assert link.taken == [{COUNT: 3.0, LEVEL: 7.0}, {COUNT: 2.0, LEVEL: 7.0}, {LEVEL: 7.0}]


def test_what_redis_did_not_take_waits_for_the_next_time(link: Any, metrics: Any) -> None:
    registry, things, _level = metrics
    reporter = Reporter(link, registry)
    link.down = True
    things.inc(3)
    asyncio.run(reporter.report())
    link.down = False
    things.inc(1)
    asyncio.run(reporter.report())
    assert link.taken[0][COUNT] == 4.0


def test_samples_with_labels_and_of_nodes_add_up() -> None:
    # A database of its own: processes of other tests report to the usual one.
    with redis.Redis.from_url(f"{settings.REDIS_URL}/13") as client:
        keys = [COUNTERS, f"{GAUGES}one", f"{GAUGES}two"]
        client.delete(*keys)
        calls = '["wificore_realtime_http_calls_total",{"status":"200"}]'
        client.hset(COUNTERS, mapping={calls: "5", '["no_longer_known_total",{}]': "1"})
        for key in keys[1:]:
            client.hset(key, '["wificore_realtime_connected",{}]', "2.0")
        found = {metric.name: metric for metric in totals(client)}
        client.delete(*keys)
    samples = found["wificore_realtime_http_calls"].samples
    # Labels that this process has seen in other tests are there too, at nought.
    assert {s.labels["status"]: s.value for s in samples if s.value} == {"200": 5.0}
    assert found["wificore_realtime_connected"].samples[0].value == 4.0
    assert found["wificore_realtime_processes"].samples[0].value == 2
