"""Processes stop, die and come back: stock clients are subscribed again within five seconds."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL, SIGTERM

from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import bus
from tests.realtime.stock.clients import Entry, Stock, in_node
from tests.worker import until
from wificore.devserver.config import LOOPBACK
from wificore.realtime import names
from wificore.realtime.registry import App

CLIENTS = 30
# What people are promised; far more than it takes, so that a busy machine does not matter.
BACK_S = 5.0
# A process that is not back after this is not coming.
PATIENCE_S = 60.0
ROOM = "presence-room"
CHANNELS = ("orders", ROOM)
SUCCEEDED = "pusher:subscription_succeeded"


def test_a_rolling_restart_of_two_processes_brings_all_clients_back(
    node: Node, app: App, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Each is replaced in turn; the next one listens before the last one has gone."""
    with in_node() as runtime, ExitStack() as stack:
        old = [stack.enter_context(running_node(tmp_path / "0.log"))]
        port = old[0].port
        old.append(stack.enter_context(running_node(tmp_path / "1.log", port=port)))
        stock = Stock(runtime, old[0], app, LOOPBACK)
        clients = many(stock)
        assert len(sockets(app)) == 2
        took, dropped = [], 0
        for number, leaving in enumerate(old, start=2):
            stack.enter_context(running_node(tmp_path / f"{number}.log", port=port))
            seconds, count = back(stock, app, leaving, SIGTERM)
            took.append(seconds)
            dropped += count
            assert leaving.process.wait(20) == 0
            everybody_hears(stock, clients)
        # At first on the two old ones; who came to the second one was dropped twice.
        assert dropped >= CLIENTS
        assert max(took) < BACK_S
        said = " and ".join(f"{seconds:.2f} s" for seconds in took)
        record_property("restart", f"{dropped} sockets closed, clients subscribed within {said}")


def test_clients_of_a_process_that_was_killed_come_back_to_the_other(
    node: Node, app: App, tmp_path: Path
) -> None:
    with in_node() as runtime, ExitStack() as stack:
        doomed = stack.enter_context(running_node(tmp_path / "0.log"))
        other = stack.enter_context(running_node(tmp_path / "1.log", port=doomed.port))
        stock = Stock(runtime, doomed, app, LOOPBACK)
        clients = many(stock)
        assert len(sockets(app)) == 2
        back(stock, app, doomed, SIGKILL)
        everybody_hears(stock, clients)
        assert other.process.poll() is None


def many(stock: Stock) -> list[str]:
    """Clients with two channels each."""
    clients = [f"u{number}" for number in range(CLIENTS)]
    for name in clients:
        stock.open(name)
        for channel in CHANNELS:
            stock.subscribe(name, channel)
    return clients


def sockets(app: App) -> dict[str, int]:
    """How many sockets of the app each process has."""
    with bus() as redis:
        found = redis.hgetall(names.key(app.schema, app.id, "connections"))
    return {process: int(count) for process, count in found.items()}


def back(stock: Stock, app: App, leaving: Node, signal: int) -> tuple[float, int]:
    """Stop a process; the seconds until all its clients have both channels again, and how many."""
    stock.forward()
    before = sockets(app)
    leaving.process.send_signal(signal)
    began = last = time.monotonic()
    dropped, waiting = set[str](), set[tuple[str, str]]()
    left: dict[str, int] = {}
    while not left or waiting or len(dropped) < sum(left.values()):
        for entry in stock.new():
            if waits(entry):
                dropped.add(entry["id"])
                waiting |= {(entry["id"], channel) for channel in CHANNELS}
            elif entry.get("event") == SUCCEEDED:
                waiting.discard((entry["id"], entry["channel"]))
                last = time.monotonic()
        left = {process: count for process, count in before.items() if process not in sockets(app)}
        assert time.monotonic() - began < PATIENCE_S, (dropped, waiting, left)
        time.sleep(0.01)
    return last - began, len(dropped)


def waits(entry: Entry) -> bool:
    """A client says that it has lost its connection, or tries for another one."""
    return entry.get("state") in ("connecting", "unavailable", "disconnected")


def everybody_hears(stock: Stock, clients: list[str]) -> None:
    stock.forward()
    stock.server.trigger("orders", "paid", {})
    for name in clients:
        stock.rewind()
        stock.event(name, "orders", "paid")
    until(lambda: len(stock.server.users_info(ROOM)["users"]) == CLIENTS, lambda: "")
