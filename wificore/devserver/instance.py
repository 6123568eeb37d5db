"""The directory var/: one launcher at a time, its state on disk, how it is stopped from outside.

launcher.lock   held by the launcher and its guardian while either lives
launcher.json   pid of the launcher
stack.json      what runs and how to reach it (public contract, see ARCHITECTURE 5)
stack.env       the environment of its management commands; `manage.py` takes it by itself
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wificore.devserver import procfs
from wificore.devserver.errors import Failed, Misuse

# All that `--fresh` removes; anything else in var/ is not ours.
DATA = ("redis", "radius", "logs", "demo.json", "stack.json", "stack.env", "bootstrap.sql")
CLUSTERS = "postgres-*"
SECRETS = "secrets.json"
LEFTOVER_SECONDS = 90.0


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Readers see the old file or the new one, never half of it, and never with a wider mode."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def write_json(path: Path, value: Any) -> None:
    write_atomically(path, json.dumps(value, indent=2) + "\n")


class Instance:
    """One var directory."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.logs = var / "logs"
        self.state = var / "launcher.json"
        self.stack = var / "stack.json"
        self.environment = var / "stack.env"
        self.lock = var / "launcher.lock"

    def running_pid(self) -> int | None:
        """Pid of the launcher that uses this directory now, None if there is none."""
        try:
            pid = int(json.loads(self.state.read_text())["pid"])
        except (OSError, ValueError, KeyError):
            return None
        ours = "wificore.devserver" in procfs.command_line(pid)
        return pid if ours and not self._lock_is_free() else None

    @contextlib.contextmanager
    def claim(self) -> Iterator[int]:
        """Be the one launcher of this directory; yields the lock's file descriptor.

        Raises:
            Misuse: another one runs; names its pid.
        """
        self.var.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        lock = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take_lock(lock)
            write_json(self.state, {"pid": os.getpid()})
            yield lock
            self.state.unlink(missing_ok=True)
        finally:
            os.close(lock)

    def _take_lock(self, lock: int) -> None:
        """Take the lock; the guardian of a launcher that was killed may need a moment."""
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while not _try_lock(lock):
            pid = self.running_pid()
            if pid is not None:
                raise Misuse(f"already running for {self.var} (pid {pid}): `make stop` stops it")
            if time.monotonic() > deadline:
                raise Misuse(f"{self.lock} stays locked: what a killed launcher left does not end")
            time.sleep(0.1)

    def _lock_is_free(self) -> bool:
        with contextlib.suppress(OSError), self.lock.open("r+") as probe:
            return _try_lock(probe.fileno())
        return True

    def stop_running(self, seconds: float = LEFTOVER_SECONDS) -> bool:
        """Stop the launcher that runs here and wait until it and all it started are gone.

        Returns:
            False when none was running.
        """
        pid = self.running_pid()
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while not self._lock_is_free():
            if time.monotonic() > deadline:
                raise Failed(f"the launcher (pid {pid}) did not stop within {seconds:.0f} s")
            time.sleep(0.1)
        return True

    def clear(self, *, keep_secrets: bool) -> None:
        """Remove the data: clusters, Redis, RADIUS files, logs; nothing that is not ours."""
        if not (self.var / SECRETS).exists():
            return  # never used by us, whatever `--var` points to
        doomed = [self.var / name for name in DATA] + list(self.var.glob(CLUSTERS))
        if not keep_secrets:
            doomed.append(self.var / SECRETS)
        for path in doomed:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.logs.mkdir(exist_ok=True)

    def forget_stack(self) -> None:
        """What said that a stack runs."""
        for path in (self.stack, self.environment):
            path.unlink(missing_ok=True)

    def drop_radius_files(self) -> None:
        """Spools and rendered files belong to one database; they would confuse the next."""
        shutil.rmtree(self.var / "radius", ignore_errors=True)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
