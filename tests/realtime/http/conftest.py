"""The HTTP API behind a real uvicorn, in a thread of this process, and clients that sign."""

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pusher
import pytest
import uvicorn

from tests.conftest import World
from tests.realtime.http.signed import Signer
from tests.realtime.listening import Bus, listening
from tests.web import Answer
from tests.worker import until
from wificore.devserver.config import LOOPBACK, free_port
from wificore.realtime import process
from wificore.realtime.http.app import application
from wificore.realtime.registry import App, registry
from wificore.realtime.server import STOP_S


async def served(scope: Any, receive: Any, send: Any) -> None:
    """The process' hub and the HTTP API, without the sockets."""
    if scope["type"] == "lifespan":
        await process.lifespan(scope, receive, send)
    else:
        await application(scope, receive, send)


@pytest.fixture(scope="module")
def port(django_db_setup: World) -> Iterator[int]:
    """Lives no longer than a file: what later tests do to this process is not its business."""
    number = free_port()
    config = uvicorn.Config(
        served,
        host=LOOPBACK,
        port=number,
        lifespan="on",
        log_config=None,
        log_level="error",
        timeout_graceful_shutdown=STOP_S,
    )
    server = uvicorn.Server(config)
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    until(lambda: server.started and process.hub().link.is_up, lambda: "")
    yield number
    server.should_exit = True
    thread.join(timeout=60)
    assert not thread.is_alive(), _what_goes_on(loops[0])


def _what_goes_on(loop: asyncio.AbstractEventLoop) -> str:
    """The tasks of a server that does not stop."""
    return "the server does not stop:\n" + "\n".join(map(repr, asyncio.all_tasks(loop)))


@dataclass(frozen=True)
class Api:
    """Alpha's app, as a program with its secret uses it."""

    app: App
    port: int

    @property
    def signer(self) -> Signer:
        return Signer(self.app.key, self.app.secrets[0])

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """A request as it stands: path and query as given, already signed or not."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, target, body or None, {"Host": "127.0.0.1", **headers})
            found = connection.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, names, found.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, content: Any = None, **query: str) -> Answer:
        """A signed call below /apps/<id>; `content` is JSON or bytes."""
        body = b"" if content is None else content
        if not isinstance(body, bytes):
            body = json.dumps(content).encode()
        target = f"/apps/{self.app.id}{path}"
        return self.send(method, self.signer.target(method, target, body, **query), body)

    def post(self, path: str, content: Any) -> Answer:
        return self.call("POST", path, content)

    def event(self, **changes: Any) -> Answer:
        event = {"name": "made", "channels": ["orders"], "data": "{}", **changes}
        return self.post("/events", event)

    def library(self) -> Any:
        """Pusher's own library for Python."""
        return pusher.Pusher(
            app_id=self.app.id,
            key=self.app.key,
            secret=self.app.secrets[0],
            host=LOOPBACK,
            port=self.port,
            ssl=False,
        )


@pytest.fixture
def api(world: World, port: int) -> Api:
    app = registry.find("schema", "ts_alpha")
    assert app is not None
    return Api(app, port)


@pytest.fixture
def theirs(world: World, port: int) -> Api:
    """Beta's app."""
    app = registry.find("schema", "ts_beta")
    assert app is not None
    return Api(app, port)


@pytest.fixture
def bus(api: Api) -> Iterator[Bus]:
    with listening(api.app.id) as heard:
        yield heard
