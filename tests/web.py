"""A real gunicorn with the product's own configuration, as a process of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.worker import until
from wificore.devserver.config import LOOPBACK, ROOT, free_port
from wificore.devserver.inheritance import die_with_parent

GUNICORN = (sys.executable, "-m", "gunicorn", "wificore.wsgi:application")
TIMEOUT_S = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """One persistent connection to the web server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)

    def get(self, host: str, path: str, **headers: str) -> Answer:
        self._connection.request("GET", path, headers={"Host": host, **headers})
        answer = self._connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def close(self) -> None:
        self._connection.close()


@contextmanager
def running_web(log: Path, **environment: str) -> Iterator[int]:
    """gunicorn on a free port, which is yielded as soon as it answers about its health."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*GUNICORN, "-c", "deploy/gunicorn.conf.py"],
            cwd=ROOT,
            env={**os.environ, "WEB_PORT": str(port), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        until(lambda: process.poll() is not None or _healthy(port), log.read_text)
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        process.terminate()
        process.wait()


def _healthy(port: int) -> bool:
    try:
        return once(port, LOOPBACK, "/api/health").status == http.HTTPStatus.OK
    except OSError:
        return False


def once(port: int, host: str, path: str, **headers: str) -> Answer:
    """One request on a connection of its own."""
    line = Line(port)
    try:
        return line.get(host, path, **headers)
    finally:
        line.close()
