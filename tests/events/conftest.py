"""A relay in this process, a relay as a process, and what goes out on Redis."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections, transaction

from tests.conftest import World
from wificore.events.relay import Relay
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.events import publish

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@pytest.fixture
def client(world: World) -> Iterator["redis.Redis"]:
    connection = redis.Redis.from_url(settings.EVENTS_REDIS_URL)
    yield connection
    connection.close()


class Listener:
    """Hears every tenant's channel."""

    def __init__(self, client: "redis.Redis") -> None:
        self._pubsub = client.pubsub()
        self._pubsub.psubscribe("wificore:events:*")
        # The first answer says that the subscription holds.
        assert self._pubsub.get_message(timeout=PATIENCE_S)

    def heard(self) -> list[dict[str, Any]]:
        """What came since the last call, in order; `channel` says where."""
        found = []
        while (message := self._pubsub.get_message(timeout=0.2)) is not None:
            content = json.loads(message["data"])
            found.append({**content, "channel": message["channel"].decode()})
        return found

    def close(self) -> None:
        self._pubsub.close()


@pytest.fixture
def listener(client: "redis.Redis") -> Iterator[Listener]:
    found = Listener(client)
    yield found
    found.close()


@pytest.fixture
def relay(client: "redis.Redis") -> Iterator["Steps"]:
    """A relay whose every step the test takes."""
    steps = Steps(client)
    yield steps
    steps.resign()


class Steps:
    """Single steps of a relay that works on this process' own connection."""

    def __init__(self, client: "redis.Redis") -> None:
        self.relay = Relay(client, Flag())

    def step(self, times: int = 1) -> float:
        """Returns the pause that the relay would make."""
        with platform_context():
            pauses = [self.relay.guarded_step() for _ in range(times)]
        return pauses[-1]

    @staticmethod
    def resign() -> None:
        """As if it had been killed: its connection, and so its lock, is gone."""
        connections["default"].close()


@pytest.fixture
def say() -> Callable[..., None]:
    """Publish one event as this tenant (None: the platform), in a transaction of its own."""

    def publish_one(tenant: Any, event_type: str = "plan.created", **payload: Any) -> None:
        with tenant_context(tenant) if tenant else platform_context(), transaction.atomic():
            publish(event_type, payload, subject=str(payload.get("n", "")))

    return publish_one


@pytest.fixture
def rows(world: World) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask as the owner."""

    def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
        with platform_context(), connections["owner"].cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    return ask


@contextmanager
def relay_process(log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py relay`, ready; killed without mercy at the end."""
    begin = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "relay"],
            cwd=ROOT,
            env=os.environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "ready" in log.read_text()[begin:], "the relay is not ready", process)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until(
    condition: Callable[[], bool],
    otherwise: str,
    process: "subprocess.Popen[bytes] | None" = None,
) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert process is None or process.poll() is None, otherwise
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
