"""Real realtime processes, as processes of their own, on the tests' PostgreSQL and Redis."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.worker import until
from wificore.devserver.config import LOOPBACK, ROOT, free_port
from wificore.devserver.inheritance import die_with_parent

COMMAND = (sys.executable, "manage.py", "realtime")
LEASE_S = 2


@dataclass
class Node:
    """One process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def kill(self) -> None:
        """kill -9: it signs off nowhere."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As the launcher does it; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@contextmanager
def running_node(log: Path, port: int | None = None, **environment: str) -> Iterator[Node]:
    """`manage.py realtime`, answering when the block begins; short leases."""
    port = port or free_port()
    own = {
        "REALTIME_PORT": str(port),
        "REALTIME_LEASE_S": str(LEASE_S),
        # A test that waits for something else does not answer.
        "REALTIME_PONG_S": "600",
        "LOG_JSON": "0",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env={**os.environ, **own, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    node = Node(process, port, log)
    try:
        until(lambda: process.poll() is not None or _ready(node), lambda: log.read_text())
        assert process.poll() is None, log.read_text()
        yield node
    finally:
        if process.poll() is None:
            node.stop()


def _ready(node: Node) -> bool:
    return "realtime ready" in node.log.read_text() and answers(node.port)


def answers(port: int) -> bool:
    """Whether something serves there."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/up")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
