"""A real PgBouncer of a test's own, in front of the tests' PostgreSQL."""

import configparser
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.db import connections
from psycopg2.extensions import parse_dsn

from tests.worker import until
from wificore.devserver import binaries
from wificore.devserver.config import LOOPBACK, ROOT, free_port
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.privileges import runner

ADMIN, ADMIN_PASSWORD = "bouncer_admin", "not-a-secret"
SAMPLE = ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini"


@dataclass
class PgBouncer:
    """One pool: the sample for deployments, with another `mode` or other `settings`."""

    directory: Path
    urls: tuple[str, ...]
    """The logins that may use it, as URLs of PostgreSQL itself."""
    mode: str = "session"
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.directory / "pgbouncer.log"

    def url(self, direct: str) -> str:
        """The same login and database, through the pool."""
        parts = urlsplit(direct)
        login = f"{parts.username}:{parts.password}"
        return parts._replace(netloc=f"{login}@{LOOPBACK}:{self.port}").geturl()

    def start(self) -> None:
        program = binaries.pgbouncer()
        assert program, "pgbouncer is not installed: `make test` does it"
        with (self.directory / "pgbouncer.ini").open("w") as file:
            self._configuration().write(file)
        users = self.directory / "userlist.txt"
        users.touch(mode=0o600)
        users.write_text(self._userlist())
        # It refuses to run as root, as PostgreSQL does.
        runner().own(self.directory)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                runner().command(program, str(self.directory / "pgbouncer.ini")),
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath},
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        until(self._answering, self.log.read_text)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.process = None

    def show(self, what: str) -> list[dict[str, Any]]:
        """`SHOW POOLS` and the like."""
        dsn = f"host={LOOPBACK} port={self.port} dbname=pgbouncer"
        connection = psycopg2.connect(f"{dsn} user={ADMIN} password={ADMIN_PASSWORD}")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW {what}")
                names = [column.name for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            connection.close()

    def _answering(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return bool(self.show("VERSION"))
        except psycopg2.OperationalError:
            return False

    def _userlist(self) -> str:
        logins = {ADMIN: ADMIN_PASSWORD}
        for url in self.urls:
            parts = parse_dsn(url)
            logins[parts["user"]] = parts.get("password", "")
        return "".join(f'"{user}" "{password}"\n' for user, password in logins.items())

    def _configuration(self) -> configparser.ConfigParser:
        """The sample for deployments, moved to where a test may have it."""
        server = parse_dsn(self.urls[0])
        text = configparser.ConfigParser(interpolation=None)
        text.read(SAMPLE)
        text["databases"] = {"*": f"host={server['host']} port={server['port']}"}
        ours = {
            "listen_port": str(self.port),
            "unix_socket_dir": "",
            "auth_file": str(self.directory / "userlist.txt"),
            "admin_users": ADMIN,
            "pool_mode": self.mode,
            **{name: str(value) for name, value in self.settings.items()},
        }
        text["pgbouncer"].update(ours)
        return text


@contextmanager
def through(bouncer: PgBouncer, alias: str = "default") -> Iterator[None]:
    """Django's connections of this process lead through the pool, those of new threads too."""
    settings = connections.settings[alias]
    direct = settings["PORT"]
    connections[alias].close()
    settings["PORT"] = str(bouncer.port)
    try:
        yield
    finally:
        connections[alias].close()
        settings["PORT"] = direct
