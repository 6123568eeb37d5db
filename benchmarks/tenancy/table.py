"""Loads the variants in turns and prints medians and ratios to plain Django."""

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.radius.processes import cpu_seconds_with_children, running
from wificore.devserver.config import free_port

from . import databases
from .client import load

TENANTS, ROUNDS, SECONDS = 20, 6, 2.0
TARGET = 1.15
WARM_UP_S = 1.0
PLAIN = "plain"
TITLES = {PLAIN: "plain Django", "stock": "stock django-tenants", "ours": "WifiCore"}


@dataclass(frozen=True)
class Server:
    """One variant's gunicorn."""

    port: int
    pid: int


@dataclass(frozen=True)
class Turn:
    """Milliseconds of one worker a request, and of its processor."""

    wall: float
    cpu: float


def main(tenants: int = TENANTS, rounds: int = ROUNDS, seconds: float = SECONDS) -> str:
    """The table."""
    environments = {
        PLAIN: databases.plain(),
        "stock": databases.stock(tenants),
        "ours": databases.ours(tenants),
    }
    modes = {
        "one tenant": [databases.host(0)],
        f"{tenants} tenants in turn": [databases.host(n) for n in range(tenants)],
    }
    lines = [
        f"one list of 50 rows, ms a request of one gunicorn worker (median of {rounds} turns)",
        "",
        f"{'':26}{'wall':>8}{'ratio':>8}{'cpu':>8}{'ratio':>8}{'target':>10}",
    ]
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        servers = {
            name: stack.enter_context(_serving(name, environment, Path(directory)))
            for name, environment in environments.items()
        }
        for title, hosts in modes.items():
            for server in servers.values():
                load(server.port, hosts, WARM_UP_S)
            turns = [
                {name: _turn(servers[name], hosts, seconds) for name in _order(number)}
                for number in range(rounds)
            ]
            lines += [title, *_lines(turns)]
    lines.append(f"load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return "\n".join(lines) + "\n"


def _order(number: int) -> list[str]:
    """Each comes first, second and last equally often."""
    names = list(TITLES)
    return names[number % 3 :] + names[: number % 3]


def _turn(server: Server, hosts: Sequence[str], seconds: float) -> Turn:
    before = cpu_seconds_with_children(server.pid)
    answers, took = load(server.port, hosts, seconds)
    cpu = cpu_seconds_with_children(server.pid) - before
    return Turn(took / answers * 1000, cpu / answers * 1000)


def _lines(turns: Sequence[Mapping[str, Turn]]) -> Iterator[str]:
    def median(name: str, what: str) -> float:
        return statistics.median(getattr(turn[name], what) for turn in turns)

    def ratio(name: str, what: str) -> float:
        # Of neighbours in time, so that what else the machine does is in both.
        pairs = [getattr(turn[name], what) / getattr(turn[PLAIN], what) for turn in turns]
        return statistics.median(pairs)

    for name, title in TITLES.items():
        line = f"  {title:24}"
        for what in ("wall", "cpu"):
            line += f"{median(name, what):8.2f}{ratio(name, what):7.2f}x"
        yield line + (f"  <= {TARGET}x" if name == "ours" else "")
    yield ""


@contextmanager
def _serving(name: str, environment: Mapping[str, str], directory: Path) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()"]
    settings = {
        **environment,
        "DJANGO_SETTINGS_MODULE": f"{__package__}.project.{name}",
        "WEB_PORT": str(port),
        "WEB_WORKERS": "1",
        "WEB_THREADS": "4",
    }
    log = directory / f"{name}.log"
    options = ["-c", "deploy/gunicorn.conf.py"]
    with running([*command, *options], log, "Booting worker", settings) as pid:
        yield Server(port, pid)
