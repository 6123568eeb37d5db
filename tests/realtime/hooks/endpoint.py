"""An endpoint on loopback, which a tenant's app webhook is posted to."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.worker import until


@dataclass(frozen=True)
class Post:
    """One try."""

    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)["events"]
        return found


@dataclass
class Endpoint:
    """What came, and what is answered: the statuses one after the other, then 200."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    down: bool = False

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Events of all tries, in their order."""
        return [event for post in list(self.posts) for event in post.events]

    def wait(self, count: int) -> list[dict[str, Any]]:
        """Until so many events have come."""
        until(lambda: len(self.taken) >= count, lambda: f"came: {self.taken}")
        return self.taken

    def answer(self) -> int:
        if self.down:
            return 503
        return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def running_endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.posts.append(Post(dict(self.headers), body))
            self.send_response(endpoint.answer())
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Not among the tests' own lines."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
