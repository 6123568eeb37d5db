"""The page, and the small server that shows it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connection
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from wificore.kernel import logging

from .parts import Part

log = logging.get(__name__)

# A client that sends nothing holds up the next one for no longer, in seconds.
CLIENT_S = 5
PAGES = ("/", "/metrics", "/metrics/")
HEALTH = ("/health", "/api/health")

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Parts(Collector):
    """Every part in its turn, and which of them answered."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("wificore_part_up", "1: this part could be read.", labels=["part"])
        for name, part in self._parts.items():
            found = _read(name, part)
            up.add_metric([name], 0 if found is None else 1)
            yield from found or ()
        yield up


def _read(name: str, part: Part) -> list[Metric] | None:
    try:
        return list(part())
    except Exception as error:  # noqa: BLE001  # a server that is away is a number on the page
        log.warning("not measured", part=name, error=f"{type(error).__name__}: {error}")
        connection.close_if_unusable_or_obsolete()
        return None


class Page:
    """The WSGI application."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Parts(parts))

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(start, "405 Method Not Allowed", "text/plain", b"GET only\n")
        if path in HEALTH:
            healthy = json.dumps({"status": "healthy"}).encode()
            return _answer(start, "200 OK", "application/json", healthy)
        if path in PAGES:
            return _answer(start, "200 OK", CONTENT_TYPE_LATEST, generate_latest(self._registry))
        return _answer(start, "404 Not Found", "text/plain", b"See /metrics\n")


def server(host: str, port: int, parts: Mapping[str, Part]) -> WSGIServer:
    """The server, listening; one request at a time, so that one connection serves them all."""
    return make_server(host, port, Page(parts), handler_class=_Quiet)


class _Quiet(WSGIRequestHandler):
    timeout = CLIENT_S

    def log_message(self, *_arguments: Any) -> None:
        """Prometheus asks every few seconds; that is no news."""


def _answer(start: StartResponse, status: str, kind: str, content: bytes) -> list[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]
