"""Many threads, many tenants, few connections: no answer ever carries another tenant's data.

Each tenant has a plan and an owner that are named for it. The same ids exist in every tenant, and
each kept connection serves a tenant after another, so that whatever stayed from the last request
(a search path, a role, a cache entry, a user) would show.
"""

import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from radius.services import plan_create, subscriber_create
from tenants.hooks import Owner
from tenants.selectors import primary_host
from tenants.services import tenant_create
from tests.conftest import PASSWORD
from tests.soak import figures
from wificore.access.models import User
from wificore.access.services import token_create
from wificore.devserver.config import LOOPBACK, ROOT, free_port
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.services import wait_for
from wificore.kernel.db.context import tenant_context

THREADS = 16
MARK = re.compile(rb"mark-[0-9a-f]{12}")
# Requests that must show the tenant's own mark; `{plan}` is an id that other tenants have too.
SHOWING = (
    "/api/v1/me/",
    "/api/v1/radius/plans/",
    "/api/v1/radius/plans/{plan}/",
    "/api/v1/radius/subscribers/",
)
# One in so many requests comes with another tenant's token, one to a host that is nobody's.
STRANGERS, NOBODY = 20, 50
# A connection belongs to one worker of gunicorn; a new one now and then reaches all of them.
KEPT = 500


@dataclass(frozen=True)
class Home:
    """A tenant and what its owner sends."""

    host: str
    token: str
    mark: bytes
    plan: int


@dataclass(frozen=True)
class Ask:
    """One request and what its answer must be: a status, and whose marks."""

    host: str
    token: str
    path: str
    status: int
    marks: frozenset[bytes]


def make_home(number: int) -> Home:
    """A tenant from the product's own services, with its mark in every kind of row."""
    mark = f"mark-{secrets.token_hex(6)}"
    email = f"{mark}@soak.test"
    slug = f"soak{number:03d}"
    tenant = tenant_create(slug=slug, name=mark, owner=Owner(email, PASSWORD))
    with tenant_context(tenant):
        plan = plan_create(name=mark)
        subscriber_create(username=mark, password=PASSWORD, plan=plan)
        token = token_create(user=User.objects.get(email=email), name="soak")[1]
    return Home(primary_host(tenant), token, mark.encode(), plan.pk)


def draw(rng: random.Random, homes: list[Home]) -> Ask:
    """The next request."""
    home, other = rng.sample(homes, 2)
    path = rng.choice(SHOWING).format(plan=home.plan)
    if rng.randrange(STRANGERS) == 0:
        return Ask(home.host, other.token, path, 401, frozenset())
    if rng.randrange(NOBODY) == 0:
        return Ask("nobody.localhost", home.token, path, 404, frozenset())
    return Ask(home.host, home.token, path, 200, frozenset({home.mark}))


class Client:
    """One thread: a connection that is kept, and everything that was not as it must be."""

    def __init__(self, port: int, homes: list[Home], seed: str) -> None:
        self._port, self._homes = port, homes
        self._rng = random.Random(seed)
        self._connection = HTTPConnection(LOOPBACK, port, timeout=60)
        self.answers: Counter[int] = Counter()
        self.connections = 1
        self.mismatches: list[str] = []

    def run(self, count: int) -> "Client":
        for number in range(1, count + 1):
            self._check(draw(self._rng, self._homes))
            if number % KEPT == 0:
                self._reconnect()
        self._connection.close()
        return self

    def _check(self, ask: Ask) -> None:
        status, body = self._answer(ask)
        self.answers[status] += 1
        if (status, frozenset(MARK.findall(body))) != (ask.status, ask.marks):
            self.mismatches.append(f"{ask}: {status} {body[:300]!r}")

    def _answer(self, ask: Ask) -> tuple[int, bytes]:
        try:
            return self._request(ask)
        except (HTTPException, ConnectionError):  # the server closed it: a client comes again
            self._reconnect()
            return self._request(ask)

    def _reconnect(self) -> None:
        self._connection.close()  # the next request opens it again
        self.connections += 1

    def _request(self, ask: Ask) -> tuple[int, bytes]:
        headers = {"Host": ask.host, "Authorization": f"Token {ask.token}"}
        self._connection.request("GET", ask.path, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def gunicorn(log: Path) -> Iterator[int]:
    """The process `web` as the stack starts it; yields its port."""
    port = free_port()
    own = {"DJANGO_SETTINGS_MODULE": "wificore.settings.dev", "WEB_PORT": str(port), "DEBUG": "0"}
    command = ["-m", "gunicorn", "wificore.wsgi:application", "-c", "deploy/gunicorn.conf.py"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        wait_for(lambda: _healthy(port), process, 60.0, log)
        yield port
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait()


def _healthy(port: int) -> bool:
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/api/health", headers={"Host": "platform.localhost"})
        return json.loads(connection.getresponse().read()) is not None
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.usefixtures("world")
def test_no_answer_carries_another_tenants_data(tmp_path: Path) -> None:
    wanted, tenants = figures.setting("SOAK_REQUESTS", 100_000), figures.setting("SOAK_TENANTS", 50)
    seed = figures.setting("SOAK_SEED", 1)
    homes = [make_home(number) for number in range(tenants)]
    each = -(-wanted // THREADS)
    with gunicorn(tmp_path / "web.log") as port, ThreadPoolExecutor(THREADS) as pool:
        began = time.monotonic()
        clients = [Client(port, homes, f"{seed}/{number}") for number in range(THREADS)]
        clients = list(pool.map(lambda client: client.run(each), clients))
        seconds = time.monotonic() - began
    mismatches = [line for client in clients for line in client.mismatches]
    assert mismatches[:10] == []
    connections = sum(client.connections for client in clients)
    answers = sum((client.answers for client in clients), Counter[int]())
    figures.write(
        "interleaved-requests",
        "Interleaved requests: every answer belongs to the tenant that asked",
        {
            "load": f"{answers.total()} requests, {tenants} tenants, {THREADS} threads",
            "connections": f"{connections}, each kept for {KEPT} requests",
            "answers": ", ".join(
                f"{count} x {status}" for status, count in sorted(answers.items())
            ),
            "what they were": "200 own rows, 401 another tenant's token, 404 no such tenant",
            "seconds": f"{seconds:.0f} ({answers.total() / seconds:.0f} requests/s)",
            "mismatches": len(mismatches),
        },
        {"SOAK_REQUESTS": wanted, "SOAK_TENANTS": tenants, "SOAK_SEED": seed},
    )


class Leaking(BaseHTTPRequestHandler):
    """A server that has kept the first tenant it met."""

    protocol_version = "HTTP/1.1"
    kept = b""

    def do_GET(self) -> None:
        mark = self.headers["Host"].encode()
        type(self).kept = type(self).kept or mark
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.kept)))
        self.end_headers()
        self.wfile.write(self.kept)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def test_an_answer_with_another_tenants_data_is_noticed() -> None:
    marks = [f"mark-{number:012x}" for number in range(2)]
    homes = [Home(mark, mark, mark.encode(), 1) for mark in marks]
    with HTTPServer((LOOPBACK, 0), Leaking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        client = Client(server.server_port, homes, "seed").run(50)
        server.shutdown()
    assert client.answers == {200: 50}
    assert 0 < len(client.mismatches) < 50
    assert all(Leaking.kept.decode() in line for line in client.mismatches)
