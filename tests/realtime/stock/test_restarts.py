"""Processes stop, die and come back: stock clients are subscribed again within five seconds."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.realtime.nodes import Node, running_node
from tests.realtime.stock.clients import Stock, in_node
from wificore.devserver.config import LOOPBACK
from wificore.realtime.registry import App

CLIENTS = 20
# What people are promised; far more than it takes, so that a busy machine does not matter.
BACK_S = 5.0
ROOM = "presence-room"


@pytest.fixture
def old(tmp_path: Path, node: Node) -> Iterator[Node]:
    with running_node(tmp_path / "old.log") as process:
        yield process


def test_a_rolling_restart_brings_all_clients_back(old: Node, app: App, tmp_path: Path) -> None:
    with in_node() as runtime, ExitStack() as stack:
        stock = Stock(runtime, old, app, LOOPBACK)
        names = [f"u{number}" for number in range(CLIENTS)]
        for name in names:
            stock.open(name)
            stock.subscribe(name, "orders")
            stock.subscribe(name, ROOM)
        new = stack.enter_context(running_node(tmp_path / "new.log", port=old.port))
        stock.forward()
        os.kill(old.process.pid, signal.SIGTERM)
        started = time.monotonic()
        back(stock, names)
        assert time.monotonic() - started < BACK_S
        assert old.process.wait(20) == 0
        stock.server.trigger("orders", "paid", {})
        for name in names:
            stock.rewind()
            stock.event(name, "orders", "paid")
        assert len(stock.server.users_info(ROOM)["users"]) == CLIENTS
        assert new.process.poll() is None


def back(stock: Stock, names: list[str]) -> None:
    """Until each client has both its channels again."""
    waiting = {(name, channel) for name in names for channel in ("orders", ROOM)}
    while waiting:
        entry = stock.wait(lambda e: e.get("event") == "pusher:subscription_succeeded")
        waiting.discard((entry["id"], entry["channel"]))
