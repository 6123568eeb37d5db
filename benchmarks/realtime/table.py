"""Runs the turns and prints the tables."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.radius.processes import cpu_seconds, running
from wificore.devserver.config import free_port
from wificore.devserver.procfs import PROC
from wificore.devserver.services import running_stack

from . import commits, load
from .layers import PATIENT

ROUNDS, SECONDS, SOCKETS = 3, 5.0, 3_000
SUBSCRIBERS = 300
RATES = (6_000, 15_000)
# What is not delivered so many seconds after the load is not waited for.
PATIENCE_S = 20.0
CHANNEL = "bench"
TARGET_P99_MS, TARGET_KIB = 250, 50
TITLES = {
    "stock": "Channels, RedisChannelLayer",
    "pubsub": "Channels, RedisPubSubChannelLayer",
    "ours": "WifiCore",
}


@dataclass(frozen=True)
class Target:
    """One server under load."""

    pid: int
    clients: load.Clients
    channels: tuple[str, ...]
    publish: Callable[[float, float], float]


@dataclass(frozen=True)
class Turn:
    """One server's figures at one rate."""

    delivered: float
    p50: float
    p99: float
    cpu_us: float


def main(rounds: int = ROUNDS, seconds: float = SECONDS, sockets: int = SOCKETS) -> str:
    """The tables."""
    with (
        tempfile.TemporaryDirectory() as var,
        running_stack(Path(var) / "var", "--no-simulator") as stack,
    ):
        with _targets(stack.contract, Path(var)) as targets:
            fan_out = _fan_out(targets, rounds, seconds)
        memory = _memory(stack.contract, sockets)
        late = commits.measure(stack.contract, stack.var, sockets, seconds)
    return "\n".join([fan_out, memory, late])


@contextmanager
def _targets(contract: Any, var: Path) -> Iterator[dict[str, Target]]:
    """All three servers, idle."""
    with ExitStack() as stack:
        url = contract["redis"]["url"].rstrip("/")
        found = {}
        for number, kind in enumerate(("stock", "pubsub")):
            port, peers_url = free_port(), f"{url}/{14 + number}{PATIENT}"
            command = [sys.executable, "-m", "benchmarks.realtime.peer", kind, str(port)]
            environment = {"BENCH_REDIS_URL": peers_url}
            log = var / f"{kind}.log"
            pid = stack.enter_context(running(command, log, "Uvicorn running", environment))
            clients = stack.enter_context(load.clients(port, "/"))
            found[kind] = Target(pid, clients, (), _peer(kind, peers_url))
        found["ours"] = _ours(contract, stack)
        yield found


def _peer(kind: str, url: str) -> Callable[[float, float], float]:
    return lambda rate, seconds: load.publish_peer(kind, url, rate, seconds)


def _ours(contract: Any, stack: ExitStack) -> Target:
    app, port = contract["tenants"][0]["realtime"], contract["websocket"]["port"]
    url = contract["redis"]["url"].rstrip("/") + "/3"
    clients = stack.enter_context(load.clients(port, f"/app/{app['key']}?protocol=7"))
    return Target(
        contract["processes"]["realtime"],
        clients,
        (CHANNEL,),
        lambda rate, seconds: load.publish_ours(url, app["app_id"], CHANNEL, rate, seconds),
    )


def _fan_out(targets: dict[str, Target], rounds: int, seconds: float) -> str:
    turns: dict[tuple[int, str], list[Turn]] = {}
    for rate in RATES:
        for _ in range(rounds):
            for name, target in targets.items():
                turns.setdefault((rate, name), []).append(_turn(target, rate, seconds))
    lines = [
        f"{SUBSCRIBERS} subscribers, one process, median of {rounds} turns of {seconds:g} s each",
        "",
        f"{'':36}{'offered/s':>10}{'done/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU us':>8}",
    ]
    for (rate, name), found in turns.items():
        middle = Turn(*(statistics.median(v) for v in zip(*(_row(t) for t in found), strict=True)))
        lines.append(
            f"{TITLES[name]:36}{rate:>10}{middle.delivered:>9.0f}{middle.p50:>9.1f}"
            f"{middle.p99:>9.1f}{middle.cpu_us:>8.1f}"
        )
    return "\n".join([*lines, f"target: {RATES[-1]}/s with p99 < {TARGET_P99_MS} ms", ""])


def _row(turn: Turn) -> tuple[float, ...]:
    return turn.delivered, turn.p50, turn.p99, turn.cpu_us


def _turn(target: Target, rate: int, seconds: float) -> Turn:
    """Open, load, wait until all is delivered or too late, close."""
    target.clients.do("open", SUBSCRIBERS, *target.channels)
    target.clients.do("reset")
    cpu, began = cpu_seconds(target.pid), time.monotonic()
    sent = target.publish(rate / SUBSCRIBERS, seconds) * seconds * SUBSCRIBERS
    report = target.clients.do("report")
    deadline = time.monotonic() + PATIENCE_S
    while report["count"] < sent * 0.999 and time.monotonic() < deadline:
        time.sleep(0.2)
        report = target.clients.do("report")
    took = time.monotonic() - began
    used = cpu_seconds(target.pid) - cpu
    target.clients.do("close")
    time.sleep(0.5)
    count = max(report["count"], 1)
    return Turn(count / took, report["p50"], report["p99"], used / count * 1e6)


def _memory(contract: Any, sockets: int) -> str:
    """Resident memory of our process with and without idle, subscribed sockets."""
    with ExitStack() as stack:
        target = _ours(contract, stack)
        target.clients.do("open", 100, CHANNEL)
        before = _resident_kib(target.pid)
        target.clients.do("open", sockets, CHANNEL)
        each = (_resident_kib(target.pid) - before) / sockets
        target.clients.do("close")
    return f"{sockets} sockets in one channel: {each:.1f} KiB each (target {TARGET_KIB})\n"


def _resident_kib(pid: int) -> int:
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
