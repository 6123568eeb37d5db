"""A private Redis (or Valkey): its own directory, loopback only, every write kept (appendonly)."""

import contextlib
import os
import socket
from pathlib import Path

from wificore.devserver import procfs, stopping
from wificore.devserver.config import LOOPBACK

SETTINGS = """\
# Written by the launcher at every start; changes here are lost.
bind {host}
port {port}
dir "{directory}"
appendonly {appendonly}
save ""
daemonize no
"""


class Server:
    """One data directory and how it is run."""

    def __init__(
        self, program: str, directory: Path, port: int, *, throwaway: bool = False
    ) -> None:
        self.program = program
        self.directory = directory.resolve()
        self.port = port
        self.throwaway = throwaway

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(
            host=LOOPBACK,
            port=self.port,
            directory=self.directory,
            appendonly="no" if self.throwaway else "yes",
        )
        (self.directory / "redis.conf").write_text(text)

    def command(self) -> list[str]:
        """The server in the foreground."""
        return [self.program, str(self.directory / "redis.conf")]

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}

    def target(self, pid: int) -> stopping.Target:
        return stopping.Target("redis", pid, procfs.start_time(pid))

    def answering(self) -> bool:
        """Whether it takes commands; not while it still loads its file."""
        return ask(self.port, "PING").startswith("+PONG")

    def running_pid(self) -> int | None:
        """Pid of the server that answers on the port, whoever started it."""
        fields = (line.partition(":") for line in ask(self.port, "INFO server").splitlines())
        return next((int(value) for name, _, value in fields if name == "process_id"), None)


def ask(port: int, command: str) -> str:
    """The answer to one inline command of the Redis protocol, empty if nobody answers."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection((LOOPBACK, port), timeout=3) as connection,
    ):
        connection.settimeout(3)
        connection.sendall(command.encode() + b"\r\nQUIT\r\n")
        with connection.makefile("rb") as answer:
            return answer.read().decode(errors="replace")
    return ""
