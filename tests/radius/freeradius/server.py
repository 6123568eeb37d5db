"""The real FreeRADIUS on a rendered configuration, with free ports and a directory of its own."""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from radius.freeradius import spool
from radius.freeradius.clients import sync
from radius.freeradius.config import FreeradiusConfig
from radius.freeradius.render import write_config
from tests.radius.freeradius.wire import Router

DEADLINE = 60.0
SECRET = "s3cret"


@dataclass(frozen=True)
class Row:
    """A row of the registry."""

    address: str
    tenant: str
    secret: str = SECRET
    shortname: str = "router"
    require_message_authenticator: bool = False


@dataclass
class Freeradius:
    config: FreeradiusConfig
    process: subprocess.Popen[bytes] | None = None
    routers: dict[str, Row] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    @property
    def _log_path(self) -> Path:
        return self.config.config_dir.parent / "log"

    def start(self) -> None:
        """Raises AssertionError with the log when it does not come up."""
        write_config(self.config)
        with self._log_path.open("wb") as log:
            self.process = subprocess.Popen(
                ["freeradius", "-f", "-l", "stdout", "-d", str(self.config.config_dir)],
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: "Ready to process requests" in self.log or self.process.poll())
        assert self.process.poll() is None, self.log

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(DEADLINE) == 0, self.log
            self.process = None

    def router(self, address: str, tenant: str = "ts_acme", secret: str = SECRET) -> Router:
        """A router in the registry, ready to send."""
        self.register(Row(address, tenant, secret))
        return self.stranger(address, secret)

    def stranger(self, address: str, secret: str = SECRET) -> Router:
        server = (self.config.host, self.config.auth_port, self.config.acct_port)
        return Router(server, address, secret.encode())

    def register(self, row: Row) -> None:
        self.routers[row.address] = row
        sync(self.config.clients_dir, self.routers.values())

    def remove(self, address: str) -> None:
        del self.routers[address]
        sync(self.config.clients_dir, self.routers.values())

    def accounting(self, **wanted: str) -> list[dict[str, str]]:
        return self._records("acct", spool.ACCOUNTING, wanted)

    def logins(self, **wanted: str) -> list[dict[str, str]]:
        return self._records("postauth", spool.LOGINS, wanted)

    def lines(self, kind: str) -> list[str]:
        files = sorted((self.config.spool_dir / kind).glob(f"{kind}-*.tsv"))
        return [line for file in files for line in file.read_text("ascii").split("\n") if line]

    def _records(
        self, kind: str, fields: tuple[tuple[str, str], ...], wanted: dict[str, str]
    ) -> list[dict[str, str]]:
        """Complete spooled records; `wanted` are field names with _ for -, and values."""
        lines = [line for line in self.lines(kind) if line.count("\t") == len(fields) - 1]
        records = [parse(line, fields) for line in lines]
        wanted = {name.replace("_", "-"): value for name, value in wanted.items()}
        return [record for record in records if wanted.items() <= record.items()]


def parse(line: str, fields: tuple[tuple[str, str], ...]) -> dict[str, str]:
    values = [unquote(value, errors="surrogateescape") for value in line.split("\t")]
    return dict(zip([name for name, _ in fields], values, strict=True))


def free_udp_ports(host: str = "127.0.0.1", count: int = 2) -> list[int]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def config_in(directory: Path, database_url: str, **changes: object) -> FreeradiusConfig:
    host = str(changes.get("host", "127.0.0.1"))
    auth_port, acct_port = free_udp_ports(host)
    config = FreeradiusConfig(
        config_dir=directory / "raddb",
        clients_dir=directory / "clients",
        spool_dir=directory / "spool",
        database_url=database_url,
        auth_port=auth_port,
        acct_port=acct_port,
        client_lifetime=2,
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def wait_until(condition: object, deadline: float = DEADLINE) -> None:
    assert callable(condition)
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "not within the deadline"
        time.sleep(0.05)


def radclient(
    server: Freeradius, kind: str, attributes: Iterable[str], secret: str, retries: int = 20
) -> str:
    """FreeRADIUS' own client; returns what it prints."""
    port = server.config.acct_port if kind == "acct" else server.config.auth_port
    done = subprocess.run(
        [
            "radclient",
            "-x",
            "-r",
            str(retries),
            "-t",
            "3",
            f"{server.config.host}:{port}",
            kind,
            secret,
        ],
        input=", ".join(attributes),
        capture_output=True,
        text=True,
        check=False,
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
