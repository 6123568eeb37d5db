"""Starts processes, shows and keeps their output, notices when one ends, stops them in order.

One thread, one loop: every wait reads the output of all children, so none ever blocks on a full
pipe, and starting a child is safe (no other thread holds a lock at the fork).
"""

import selectors
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from wificore.devserver import stopping
from wificore.devserver.child import Child, Spec
from wificore.devserver.console import Console
from wificore.devserver.errors import Failed, StopRequested
from wificore.devserver.guardian import Guardian
from wificore.devserver.restarts import Restarts

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MAINTENANCE_SECONDS = 120.0
STEP = 0.2


class Supervisor:
    """The children of one launcher, in the order of their start."""

    def __init__(
        self,
        console: Console,
        logs: Path,
        guardian: Guardian,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to start children.

        Args:
            on_change: called when a server came back under another pid.
        """
        self.console = console
        self.logs = logs
        self.guardian = guardian
        self.on_change = on_change
        self.maintenance_seconds = MAINTENANCE_SECONDS
        self.keeps_alive = False
        """No death is a failure: for demos and for `make soak`, which kills."""
        self._restarts = Restarts()
        self.children: dict[str, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.requested: int | None = None
        self._listen_to_signals()

    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self.children.items()}

    def start(self, spec: Spec) -> Child:
        """Start a process in a session of its own.

        Raises:
            Failed: its program cannot be run.
        """
        try:
            child = Child(spec, self.logs, self.console)
        except OSError as error:
            raise Failed(f"{spec.name} cannot be started: {error}") from None
        self.children[spec.name] = child
        self.guardian.watch(child.target())
        self.selector.register(child.output, selectors.EVENT_READ, child.read)
        return child

    def run(self, spec: Spec) -> None:
        """Run a process to its end.

        Raises:
            Failed: with its exit code and last lines.
        """
        self.start(spec)
        while spec.name in self.children:
            self.wait()

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition, watching everything else meanwhile.

        Raises:
            Failed: it did not come true in time; says what was waited for.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Failed(f"{what} is not ready after {seconds:.0f} s{self._last_lines(what)}")
            self.wait()

    def wait(self, seconds: float = STEP) -> None:
        """Read output for a while, then look after the children.

        Raises:
            StopRequested: a signal asked for it.
            Failed: a child ended that should not have.
        """
        self._read(seconds)
        if self.requested is not None:
            raise StopRequested(signal.Signals(self.requested).name)
        if not self.guardian.running():
            raise Failed("the guardian was killed; without it nothing would stop after us")
        for child in list(self.children.values()):
            self._look_after(child)

    def watch_forever(self) -> None:
        """Until a signal or a death ends it with an exception."""
        while True:
            self.wait(1.0)

    def stop(self) -> None:
        """Stop all children in the reverse order of start."""
        for name, child in reversed(list(self.children.items())):
            if child.target().members():
                self.console.say(f"stopping {name}")
                stopping.stop(child.target(), pause=self._pause)
            child.running()  # collects the exit code
            child.finish()
            self.guardian.forget(child.pid)
            del self.children[name]

    def _look_after(self, child: Child) -> None:
        if child.waits_until is not None and child.spec.find_again is not None:
            self._await_return(child, child.spec.find_again, child.waits_until)
        elif child.starts_at is not None:
            if time.monotonic() >= child.starts_at:
                self._start_again(child)
        elif not child.running():
            self._ended(child)

    def _ended(self, child: Child) -> None:
        """A child ended: as it should, for maintenance, or as a failure of the whole stack."""
        self._close(child)
        name, clean = child.spec.name, child.exit_code in (0, None)
        if clean and child.spec.find_again is not None:
            seconds = self.maintenance_seconds
            child.waits_until = time.monotonic() + seconds
            self.console.say(f"{name} was stopped cleanly: waiting up to {seconds:.0f} s for it")
        elif clean and child.spec.may_finish:
            self.guardian.forget(child.pid)
            del self.children[name]
        elif not self._may_start_again(child):
            raise Failed(f"{name} {child.describe_end()}{self._last_lines(name)}")

    def _may_start_again(self, child: Child) -> bool:
        """Plan the next start of a process that died, unless its death is a failure."""
        name, now = child.spec.name, time.monotonic()
        self._restarts.died(name)
        if self.keeps_alive:
            child.starts_at = now + self._restarts.pause(name)
        elif child.spec.restarts and child.said_ready and self._restarts.allowed(name):
            child.starts_at = now
        else:
            return False
        self.console.say(f"{name} {child.describe_end()}: starting it again")
        stopping.stop(replace(child.target(), signals=stopping.AT_ONCE), pause=self._pause)
        self.guardian.forget(child.pid)
        return True

    def _start_again(self, child: Child) -> None:
        if child.spec.tidy is not None:
            child.spec.tidy()
        self.start(child.spec)
        self.on_change()

    def _await_return(
        self, child: Child, find_again: Callable[[], int | None], deadline: float
    ) -> None:
        pid = find_again()
        if pid is not None:
            self.guardian.forget(child.pid)
            child.adopt(pid)
            self.guardian.watch(child.target())
            self.console.say(f"{child.spec.name} is back (pid {pid})")
            self.on_change()
        elif time.monotonic() > deadline:
            raise Failed(f"{child.spec.name} did not come back")

    def _last_lines(self, name: str) -> str:
        lines = self.children[name].tail if name in self.children else ()
        if not lines:
            return ""
        text = "".join(f"\n    {line}" for line in lines)
        return f"; its last lines:{text}\n(all of it: {self.logs / name}.log)"

    def _pause(self, seconds: float) -> None:
        self._read(seconds)
        for child in self.children.values():
            child.running()  # collects the exit code

    def _read(self, seconds: float) -> None:
        for key, _events in self.selector.select(seconds):
            if not key.data():
                self.selector.unregister(key.fileobj)

    def _close(self, child: Child) -> None:
        """Take what a child said last; a grandchild may still hold the other end open."""
        if child.output in self.selector.get_map():
            self.selector.unregister(child.output)
        child.finish()

    def _listen_to_signals(self) -> None:
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        # A signal writes a byte, so that a select() that is about to sleep wakes up (PEP 475).
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        self._wakeup: Sequence[socket.socket] = (reader, writer)
        self.selector.register(reader, selectors.EVENT_READ, lambda: bool(reader.recv(4096)))
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        if self.requested is None:
            self.requested = number
