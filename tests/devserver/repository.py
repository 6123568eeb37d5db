"""A small repository with the real launcher and stand-ins for everything it starts but the servers.

So the launcher is tested whole, with a real PostgreSQL and Redis, before and without Django.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from wificore.devserver import procfs
from wificore.devserver.config import ROOT

STAND_INS = Path(__file__).parent / "stand_in"
SECONDS = 120.0


@dataclass
class Repository:
    """Where the stand-ins live, and how the launcher is run there."""

    root: Path
    launched: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def output(self) -> Path:
        return self.root / "output.log"

    def environment(self) -> dict[str, str]:
        path = f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
        hidden = ("DATABASE_URL", "REDIS_URL", "VAR_DIR")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        kept = {name: value for name, value in kept.items() if not name.endswith("_PORT")}
        return {**kept, "PATH": path}

    def launch(
        self, *arguments: str, wrapper: tuple[str, ...] = (), **extra: str
    ) -> subprocess.Popen[bytes]:
        """Start a verb; its output goes to `output`."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [*wrapper, *self.command(*arguments)],
                cwd=self.root,
                env={**self.environment(), **extra},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.launched.append(process)
        return process

    def close(self) -> None:
        """End whatever a failed test left running."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.launched:
            process.wait()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "wificore.devserver", *arguments]

    def call(self, *arguments: str, **extra: str) -> tuple[int, str]:
        """Run a verb to its end: exit code and output."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environment(), **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        return done.returncode, done.stdout

    def up(self, *arguments: str, wrapper: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """`run` until it says that it is ready."""
        process = self.launch("run", "--auto-ports", *arguments, wrapper=wrapper)
        self.wait(lambda: "\nready\n" in self.text() or process.poll() is not None)
        assert process.poll() is None, self.text()
        return process

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition; shows the launcher's output if it does not come true."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.05)

    def processes(self) -> set[int]:
        """Everything that runs from here: by working directory or by argument."""
        here = str(self.root)
        return {
            process.pid
            for process in procfs.processes()
            if (procfs.working_directory(process.pid) or "").startswith(here)
            or any(here in argument for argument in procfs.command_line(process.pid))
        }


def make(root: Path) -> Repository:
    """Copy the launcher and the stand-ins into an empty directory."""
    shutil.copytree(ROOT / "wificore" / "devserver", root / "wificore" / "devserver")
    for name in (
        "__init__.py",
        "kernel/__init__.py",
        "kernel/db/__init__.py",
        "kernel/db/roles.py",
    ):
        target = root / "wificore" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "wificore" / name, target)
    for source, target in {
        "manage.py": "manage.py",
        "celery.py": "celery.py",
        "wsgi.py": "wificore/wsgi.py",
        "gunicorn.conf.py": "deploy/gunicorn.conf.py",
        "freeradius": "bin/freeradius",
    }.items():
        (root / target).parent.mkdir(exist_ok=True)
        shutil.copy(STAND_INS / source, root / target)
    return Repository(root)
