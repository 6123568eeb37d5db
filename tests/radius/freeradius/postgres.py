"""A PostgreSQL of the tests' own, because they stop it and freeze it."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

DEADLINE = 60.0


@dataclass
class Postgres:
    """One cluster in one directory; binaries of the same version as the other tests' server."""

    bin_dir: Path
    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return f"postgresql://super@127.0.0.1:{self.port}/postgres"

    def url(self, user: str) -> str:
        return f"postgresql://{user}:p%40ss%27%20$%7Bx%7D@127.0.0.1:{self.port}/postgres"

    def initialise(self) -> None:
        self.data.mkdir(mode=0o700, parents=True)
        options = ("-U", "super", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        subprocess.run(
            [*unprivileged(), self.bin_dir / "initdb", "-D", self.data, *options],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", "fsync=off")
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*unprivileged(), self.bin_dir / "postgres", "-D", self.data, "-k", "", *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_open()

    def stop(self) -> None:
        """Fast: open connections are cut."""
        if self.process:
            self.thaw()
            self.process.send_signal(signal.SIGINT)
            self.process.wait(DEADLINE)
            self.process = None

    def freeze(self) -> None:
        """Every process stands still, while its sockets go on accepting."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self.process
        for pid in [self.process.pid, *children(self.process.pid)]:
            # A backend may end between the look and the signal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _wait_until_open(self) -> None:
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                psycopg2.connect(self.dsn).close()
                return
            except psycopg2.OperationalError:
                assert self.process
                assert self.process.poll() is None, (self.data / "log").read_text()
                assert time.monotonic() < deadline, (self.data / "log").read_text()
                time.sleep(0.1)


def unprivileged() -> list[str]:
    """PostgreSQL refuses to be root; in a user namespace root is somebody else."""
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
