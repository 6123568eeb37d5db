"""How a process and everything it started is stopped: politely, then firmly.

Launcher and guardian share this. Every process is started as leader of its own session, so what it
started is found by session. PostgreSQL's backends open sessions of their own; they are found by
their working directory, the data directory.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wificore.devserver import procfs

Signals = tuple[tuple[int, float], ...]
"""Pairs of signal number and seconds to wait for its effect."""

POLITE: Signals = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
AT_ONCE: Signals = ((signal.SIGKILL, 5.0),)
# PostgreSQL: "fast" ends transactions and writes a checkpoint, "immediate" only ends.
POSTGRES: Signals = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

# No process has this pid, and no session: a target that consists of its data directory only.
NOBODY = -1

Pause = Callable[[float], object]


@dataclass(frozen=True)
class Target:
    """A process to stop, named so that no other process can be meant."""

    name: str
    pid: int
    start: int
    signals: Signals = POLITE
    data_directory: str | None = None
    """Processes called `postgres` that work in here belong to it too."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Target":
        signals = tuple((int(number), float(seconds)) for number, seconds in fields["signals"])
        return cls(**{**fields, "signals": signals})

    def members(self) -> set[int]:
        """Pids that still run: the process itself, its session, its cluster."""
        leader = procfs.stat(self.pid)
        # A pid that was given away again names somebody else's session.
        reused = leader is not None and leader.start != self.start
        return {
            process.pid
            for process in procfs.processes()
            if (process.session == self.pid and not reused) or self._owns(process)
        }

    def _owns(self, process: procfs.Stat) -> bool:
        if (process.pid, process.start) == (self.pid, self.start):
            return True
        if self.data_directory is None or process.command != "postgres":
            return False
        return procfs.working_directory(process.pid) == self.data_directory


def stop(target: Target, pause: Pause = time.sleep) -> None:
    """Stop a process and all it started; returns when nothing of it runs any more.

    Args:
        pause: called between looks with seconds to wait; the launcher reads output meanwhile.
    """
    for number, seconds in target.signals:
        if _round(target, number, seconds, pause):
            return


def stop_all(targets: Sequence[Target], pause: Pause = time.sleep) -> None:
    """Stop in the reverse order of start."""
    for target in reversed(targets):
        stop(target, pause)


def _round(target: Target, number: int, seconds: float, pause: Pause) -> bool:
    """Send one signal and wait. The leader is asked first; it knows how to end its own."""
    signalled: set[int] = set()
    deadline = time.monotonic() + seconds
    while members := target.members():
        asked = members if number == signal.SIGKILL else members & {target.pid} or members
        for pid in asked - signalled:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        signalled |= asked
        if time.monotonic() > deadline:
            return False
        pause(0.05)
    return True
