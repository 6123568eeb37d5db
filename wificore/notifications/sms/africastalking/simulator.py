"""A local stand-in for Africa's Talking, for the demo and the tests: it keeps what it is given.

    POST /version1/messaging   as the real one
    GET  /messages             the newest thousand that came so far, as JSON

Numbers that end with one of their status codes (`+254700000405`) are answered with it, and
`+254700000599` with an HTTP error.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from .client import PATH
from .mapping import STATUS

LOOPBACK = "127.0.0.1"
MAX_FORM = 64 * 1024
OUT_OF_ORDER = "599"
KEPT = 1_000


@dataclass
class Simulator:
    """What it was told, and whom it lets in.

    Attributes:
        api_key: the one that is right; empty: any is.
        on_message: hears of each text that is taken.
    """

    api_key: str = ""
    messages: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    on_message: Callable[[dict[str, str]], None] = lambda _message: None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def take(self, key: str, form: dict[str, str]) -> tuple[int, Any]:
        """Status and content of the answer to one request."""
        if self.api_key and key != self.api_key:
            return HTTPStatus.UNAUTHORIZED, "The supplied authentication is invalid"
        to = form.get("to", "")
        if to.endswith(OUT_OF_ORDER):
            return HTTPStatus.BAD_GATEWAY, "out of order"
        code = next((number for number in STATUS if to.endswith(str(number))), 101)
        taken = code not in STATUS
        message = {**form, "messageId": f"ATXid_{uuid.uuid4().hex}" if taken else "None"}
        if taken:
            self.messages.append(message)
            del self.messages[:-KEPT]
            self.on_message(message)
        answered = {
            "statusCode": code,
            "number": to,
            "status": "Success" if taken else "Failed",
            "cost": "KES 0.8000" if taken else "0",
            "messageId": message["messageId"],
        }
        said = f"Sent to {int(taken)}/1 Total Cost: KES 0.8000"
        return HTTPStatus.CREATED, {"SMSMessageData": {"Message": said, "Recipients": [answered]}}


class _Door(BaseHTTPRequestHandler):
    """HTTP around a simulator."""

    def __init__(self, simulator: Simulator, *args: Any) -> None:
        self.simulator = simulator
        super().__init__(*args)

    def do_POST(self) -> None:  # the library's name
        size = min(int(self.headers.get("Content-Length", 0)), MAX_FORM)
        body = self.rfile.read(size).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path != PATH:
            self._answer(HTTPStatus.NOT_FOUND, "no such page")
        else:
            self._answer(*self.simulator.take(self.headers.get("apiKey", ""), form))

    def do_GET(self) -> None:  # the library's name
        self._answer(HTTPStatus.OK, self.simulator.messages)

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


def serve(simulator: Simulator, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback that is not running yet; port 0: a free one, see `simulator.port`."""
    server = ThreadingHTTPServer((LOOPBACK, port), partial(_Door, simulator))
    simulator.port = server.server_address[1]
    return server


@contextmanager
def running(api_key: str = "") -> Iterator[Simulator]:
    """One in a thread of this process."""
    simulator = Simulator(api_key)
    server = serve(simulator)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
