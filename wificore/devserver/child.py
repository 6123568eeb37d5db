"""One child process: how it is started, what it said, and how it ended."""

import os
import re
import select
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from wificore.devserver import procfs, stopping
from wificore.devserver.config import ROOT
from wificore.devserver.console import Console
from wificore.devserver.inheritance import die_with_parent

TAIL_LINES = 20


@dataclass(frozen=True)
class Spec:
    """What to start, and what its end means."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    signals: stopping.Signals = stopping.POLITE
    data_directory: str | None = None
    may_finish: bool = False
    """Exit code 0 is its normal end."""
    find_again: Callable[[], int | None] | None = None
    """For a server: its pid once it answers again, after a clean stop from outside."""
    restarts: bool = False
    """Its death is no failure of the stack: it is started again."""
    tidy: Callable[[], object] | None = None
    """Called before it is started again: removes what a killed process left in its way."""
    ready_line: str | None = None
    """Pattern of the line by which it says that it works."""


class Child:
    """A running process, or one that was started again by somebody else (adopted)."""

    def __init__(self, spec: Spec, logs: Path, console: Console) -> None:
        self.spec = spec
        self.console = console
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.said_ready = spec.ready_line is None
        self.waits_until: float | None = None
        self.starts_at: float | None = None
        self.exit_code: int | None = None
        self._pending = b""
        self.output, output = os.pipe()
        os.set_blocking(self.output, False)
        self.process: subprocess.Popen[bytes] | None = spawn(spec, output)
        os.close(output)
        self._log = open_log(logs / f"{spec.name}.log")
        self._set_pid(self.process.pid)

    def target(self) -> stopping.Target:
        spec = self.spec
        return stopping.Target(spec.name, self.pid, self.start, spec.signals, spec.data_directory)

    def running(self) -> bool:
        """Whether it still runs; keeps the exit code when it ended."""
        if self.process is None:
            return procfs.alive(self.pid, self.start)
        if self.exit_code is None:
            self.exit_code = self.process.poll()
        return self.exit_code is None

    def adopt(self, pid: int) -> None:
        """Go on with the same server as another process, which is not our child."""
        self.process = None
        self.exit_code = None
        self.waits_until = None
        self._set_pid(pid)

    def describe_end(self) -> str:
        code = self.exit_code
        if code is not None and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def read(self) -> bool:
        """Take what it said; False at the end of its output."""
        try:
            data = os.read(self.output, 1 << 16)
        except BlockingIOError:
            return True
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            self._line(line)
        return bool(data)

    def finish(self) -> None:
        """Take the rest of the output and close it."""
        if self._log.closed:
            return
        while self.read() and self._more():
            pass
        if self._pending:
            self._line(self._pending)
        self._log.close()
        os.close(self.output)

    def _more(self) -> bool:
        """Whether output waits to be read."""
        return bool(select.select([self.output], [], [], 0)[0])

    def _line(self, raw: bytes) -> None:
        text = raw.decode(errors="replace").rstrip("\r")
        self._log.write(text + "\n")
        self.tail.append(text)
        self.console.line(self.spec.name, text)
        if self.spec.ready_line and re.search(self.spec.ready_line, text):
            self.said_ready = True

    def _set_pid(self, pid: int) -> None:
        self.pid = pid
        self.start = procfs.start_time(pid)


def spawn(spec: Spec, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start it as leader of its own session, all it says going to `output`."""
    return subprocess.Popen(
        spec.command,
        cwd=ROOT,
        env=dict(spec.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(spec.signals[0][0]),
    )


def open_log(path: Path) -> TextIO:
    """A new log file, line by line; the previous one is kept beside it."""
    if path.exists():
        path.replace(path.with_suffix(".log.1"))
    return path.open("w", buffering=1, encoding="utf-8")
