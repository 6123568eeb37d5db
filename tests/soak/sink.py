"""A receiver of webhooks on loopback that keeps a journal of what it got.

    with running_sink() as sink:                     # or running_sink(path): a line for each
        ...                                          # an endpoint with sink.url
        assert "9031" in sink.ids()

A receipt is in the journal before its answer leaves: whoever got a 200 is in it. By default the
answer is 204; `sink.answer = lambda receipt: Answer(503)` gives another one.
"""

import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import cast

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Receipt:
    """One request. Header names are lower-case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")


@dataclass(frozen=True)
class Answer:
    """What the sink says; `hang_up`: nothing, the connection is reset."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_up: bool = False


def content(_receipt: Receipt) -> Answer:
    return Answer()


@dataclass
class Sink:
    """A running receiver; `answer` may be changed at any time and is called in its threads."""

    port: int
    journal: Path | None
    answer: Callable[[Receipt], Answer] = content
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/hooks"

    def ids(self) -> Counter[str]:
        """How often each webhook-id came."""
        return Counter(receipt.id for receipt in list(self.receipts))

    def take(self, receipt: Receipt) -> Answer:
        self.receipts.append(receipt)
        if self.journal:
            with self.journal.open("a") as lines:
                lines.write(f"{receipt.id}\n")
        return self.answer(receipt)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    sink: Sink

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is none of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    close_connection = True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the sender died in the middle
        answer = cast(_Server, self.server).sink.take(Receipt(self.path, headers, body))
        if answer.hang_up:
            linger = struct.pack("ii", 1, 0)  # close() sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with suppress(OSError):  # a sender need not read it all
            self.wfile.write(answer.body)

    def log_message(self, *_args: object) -> None:
        """The journal is enough."""


@contextmanager
def running_sink(journal: Path | None = None, port: int = 0) -> Iterator[Sink]:
    """A receiver on a port of its own, serving while the block runs."""
    with _Server((LOOPBACK, port), _Handler) as server:
        sink = Sink(server.server_address[1], journal)
        server.sink = sink
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
