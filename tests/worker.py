"""A real Celery worker as a process of its own, on the tests' Redis and PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests import samples
from wificore.devserver import procfs
from wificore.devserver.config import ROOT
from wificore.devserver.inheritance import die_with_parent
from wificore.kernel import tasks

DEADLINE_S = 60.0
CELERY = (sys.executable, "-m", "celery", "-q", "-A", "wificore.celery")
SAMPLES = "tests.samples"


@dataclass
class Worker:
    """One worker process and its pool."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def pids(self) -> list[int]:
        """The worker and its pool: all of its session."""
        return [p.pid for p in procfs.processes() if p.session == self.process.pid and not p.dead]

    def kill(self) -> None:
        """kill -9, all of it at once: what the kernel does when memory is short."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_worker(log: Path, *arguments: str, **environment: str) -> Iterator[Worker]:
    """`celery worker` with the samples, ready when the block begins."""
    name = f"{log.stem}.{uuid.uuid4().hex}@test"
    with _running(log, "worker", "-I", SAMPLES, "-n", name, *arguments, **environment) as worker:
        yield worker


@contextmanager
def running_beat(log: Path) -> Iterator[Worker]:
    """`celery beat`, ready when the block begins."""
    with _running(log, "beat") as process:
        yield process


@contextmanager
def _running(log: Path, *arguments: str, **environment: str) -> Iterator[Worker]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*CELERY, *arguments],
            cwd=ROOT,
            env={**os.environ, "LOG_JSON": "0", "REMAP_SIGTERM": "SIGQUIT", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    worker = Worker(process, log)
    try:
        until(lambda: "ready" in worker.text() or process.poll() is not None, worker.text)
        assert process.poll() is None, worker.text()
        yield worker
    finally:
        worker.kill()


def new_key() -> str:
    """Where one test's tasks report."""
    return f"tests:{uuid.uuid4().hex}"


def reports(key: str, count: int, worker: Worker | None = None) -> list[dict[str, Any]]:
    """The first `count` reports of the tasks, once there are so many."""
    client = samples.store()
    explain = worker.text if worker else str
    until(lambda: client.llen(key) >= count, explain)
    return [json.loads(line) for line in client.lrange(key, 0, -1)]


def go(key: str) -> None:
    """Let a handler that waits go on."""
    samples.store().rpush(f"{key}:go", "go")


def drain() -> None:
    """Wait until the workers have done what was sent; the queue `ddl` may have no worker."""
    client = redis.Redis.from_url(tasks.app.conf.broker_url)

    def idle() -> bool:
        client.delete("ddl")
        at_work = [json.loads(message)[2] for message in client.hvals("unacked")]
        return client.llen("default") == 0 and not {"default", "ddl"} & set(at_work)

    until(idle)


def until(condition: Callable[[], Any], explain: Callable[[], Any] = str) -> Any:
    """The condition's value once it is true."""
    deadline = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)
    return value
