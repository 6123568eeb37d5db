"""The servers' processes, and the processor time they have taken."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from wificore.devserver.config import ROOT
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.procfs import PROC
from wificore.devserver.services import wait_for

READY_S = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    command: Sequence[str], log: Path, ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A process while the block runs, ready when it begins; yields its pid."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        wait_for(lambda: ready in log.read_text(errors="replace"), process, READY_S, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads together."""
    return sum(_times(pid)[:2]) / TICKS


def cpu_seconds_with_children(pid: int) -> float:
    """The same with its children, those that have ended as well: a PostgreSQL server's."""
    children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    living = sum(sum(_times(int(child))[:2]) for child in children)
    return (sum(_times(pid)) + living) / TICKS


def _times(pid: int) -> list[int]:
    """utime, stime, cutime, cstime of proc(5); nothing for a process that has just ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return [0]
    return [int(field) for field in text.rpartition(")")[2].split()[11:15]]
