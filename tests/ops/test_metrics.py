"""The one exporter: true numbers of all processes, also when some of them are gone."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import transaction
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import World
from tests.realtime.nodes import running_node
from tests.realtime.raw import connected, publish
from tests.worker import until
from wificore.devserver.config import LOOPBACK, ROOT, free_port
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.services import private_redis
from wificore.events import store
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.events import publish as publish_event
from wificore.ops.metrics.page import Page
from wificore.ops.metrics.parts import parts
from wificore.realtime.registry import look_up
from wificore.realtime.reporting import COUNTERS, GAUGES

Samples = dict[str, float]


def read(page: Page) -> Samples:
    """Samples without labels by name, with labels by `name{label=value}`."""
    said: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics"}
    content = b"".join(page(environ, lambda status, _headers: said.append(status)))
    assert said == ["200 OK"]
    return samples(content.decode())


def samples(text: str) -> Samples:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis in which no process of another file's tests reports."""
    with private_redis(tmp_path_factory.mktemp("servers") / "redis") as server:
        yield server.url


@pytest.fixture
def own_redis(redis_server: str, world: World, settings: Any) -> str:
    """Its address, for processes; this one looks into it as well."""
    settings.REDIS_URL = redis_server
    settings.EVENTS_REDIS_URL = f"{redis_server.rstrip('/')}/3"
    return redis_server


@pytest.fixture
def counted(own_redis: str) -> Iterator["redis.Redis"]:
    """Nothing has been counted before the test, nor is after it."""
    with redis.Redis.from_url(settings.EVENTS_REDIS_URL) as client:
        _forget(client)
        yield client
        _forget(client)


def _forget(client: "redis.Redis") -> None:
    client.delete(COUNTERS, *client.scan_iter(f"{GAUGES}*"))


@pytest.fixture
def page(counted: "redis.Redis") -> Page:
    return Page(parts())


def test_a_platform_without_news_has_all_metrics_at_nought(page: Page) -> None:
    found = read(page)
    assert found["wificore_realtime_connected"] == 0
    assert found["wificore_realtime_connections_total"] == 0
    assert found["wificore_realtime_processes"] == 0
    assert found["wificore_events_backlog"] == 0
    assert "wificore_queue_length{queue=default}" in found, "others' work may wait there"
    assert found["wificore_tenants{state=active}"] == 2
    for part in ("events", "ingester", "tenants", "queues", "realtime"):
        assert found[f"wificore_part_up{{part={part}}}"] == 1


def test_every_metric_of_the_contract_is_there(page: Page) -> None:
    found = read(page)
    for name in (
        "connected",
        "connections_total",
        "disconnections_total",
        "messages_in_total",
        "messages_out_total",
        "bytes_in_total",
        "bytes_out_total",
        "subscriptions_total",
        "client_events_total",
        "slow_clients_total",
        "publish_to_send_seconds_count",
        "publish_to_send_seconds_bucket{le=0.25}",
    ):
        assert f"wificore_realtime_{name}" in found


def test_two_realtime_processes_are_counted_together_and_a_dead_ones_counts_stay(
    own_redis: str, world: World, page: Page, tmp_path: Path
) -> None:
    app = look_up("schema", world.alpha.schema_name)
    assert app is not None
    with (
        running_node(tmp_path / "one.log", REDIS_URL=own_redis) as one,
        running_node(tmp_path / "two.log", REDIS_URL=own_redis) as two,
    ):
        with connected(one, app) as first, connected(two, app) as second:
            for client in (first, second):
                client.subscribe("news")
            publish(app, "news", "said", {"text": "x"})
            for client in (first, second):
                client.wait("said")
            # Sending is what each process does, and so reports, last.
            found = _until(page, "wificore_realtime_publish_to_send_seconds_count", 2)
            assert found["wificore_realtime_processes"] == 2
            assert found["wificore_realtime_connected"] == 2
            assert found["wificore_realtime_subscriptions_total"] == 2
            assert found["wificore_realtime_messages_out_total"] >= 2
            one.kill()
            found = _until(page, "wificore_realtime_processes", 1)
            assert found["wificore_realtime_connected"] == 1
            assert found["wificore_realtime_connections_total"] == 2
    found = _until(page, "wificore_realtime_disconnections_total", 1)
    assert found["wificore_realtime_subscriptions_total"] == 2


def _until(page: Page, name: str, value: float) -> Samples:
    return until(lambda: (found := read(page))[name] == value and found, lambda: str(read(page)))


def test_lag_and_backlog_are_true_when_no_relay_runs(page: Page, alpha: Any) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish_event("plan.created", {})
        publish_event("plan.created", {})
    found = read(page)
    assert found["wificore_events_backlog"] == 2
    assert 0 < found["wificore_events_relay_lag_seconds"] < 60
    assert found["wificore_events_relay_silent_seconds"] == float("inf")
    with platform_context():
        store.move(10)
        assert store.relay_state().backlog == 2
        store.mark("ts_alpha", 2)
        store.beat(2, "")
    found = read(page)
    assert found["wificore_events_backlog"] == 0
    assert found["wificore_events_relay_lag_seconds"] == 0
    assert found["wificore_events_published_total"] == 2
    assert found["wificore_events_relay_silent_seconds"] < 60


def test_a_server_that_is_away_is_a_number_on_the_page(
    counted: "redis.Redis", monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EVENTS_REDIS_URL = f"redis://{LOOPBACK}:1"
    found = read(Page(parts()))
    assert found["wificore_part_up{part=realtime}"] == 0
    assert found["wificore_part_up{part=events}"] == 1
    assert "wificore_realtime_connected" not in found


def test_the_page_names_no_tenant(page: Page, own_redis: str, alpha: Any, tmp_path: Path) -> None:
    app = look_up("schema", "ts_alpha")
    assert app is not None
    with (
        running_node(tmp_path / "node.log", REDIS_URL=own_redis) as node,
        connected(node, app) as client,
    ):
        client.subscribe("private-alpha")
        _until(page, "wificore_realtime_connected", 1)
        said: list[str] = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics"}
        content = b"".join(page(environ, lambda status, _headers: said.append(status)))
    for word in (b"alpha", b"beta", app.key.encode()):
        assert word not in content


def test_the_process_serves_health_and_metrics_and_stops_cleanly(
    world: World, tmp_path: Path
) -> None:
    with metrics_process(tmp_path / "metrics.log") as (process, port):
        for path, kind in (
            ("/health", "application/json"),
            ("/metrics", "text/plain; version=1.0.0; charset=utf-8"),
            ("/", "text/plain; version=1.0.0; charset=utf-8"),
        ):
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Type"] == kind
                assert answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://{LOOPBACK}:{port}/admin/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@contextmanager
def metrics_process(log: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "metrics"],
            cwd=ROOT,
            env={**os.environ, "METRICS_PORT": str(port), "LOG_JSON": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        until(lambda: process.poll() is not None or "ready" in log.read_text(), log.read_text)
        assert process.poll() is None, log.read_text()
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


Unused = Callable[..., None]
