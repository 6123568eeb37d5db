"""A client that follows `docs/realtime.md`: it listens, and asks for what it missed."""

import time
from collections import Counter
from contextlib import suppress
from threading import Event as Flag
from threading import Thread
from typing import Any

from websockets.exceptions import WebSocketException

from tests.e2e.conftest import Stack
from tests.realtime.raw import Frame, Raw, connected
from wificore.realtime.registry import App

CHANNEL, TYPE = "private-jobs", "job.started"
PAUSE_S, LOOK_S = 0.2, 0.5


class Sockets:
    """Where sockets are, as `connected` asks."""

    def __init__(self, stack: Stack) -> None:
        self.port = stack.contract["websocket"]["port"]


def pages(stack: Stack, slug: str, after: int = 0) -> list[dict[str, Any]]:
    """All events of the type after a number; whoever cannot be asked now is asked again."""
    found: list[dict[str, Any]] = []
    while True:
        path = f"/api/v1/events/?type={TYPE}&limit=500&after={after}"
        try:
            status, page = stack.api(slug, path)
        except (OSError, ValueError):
            status, page = 0, None
        if status == 0 or status >= 500:
            time.sleep(PAUSE_S)
            continue
        assert status == 200, page
        found += page["results"]
        after = page["upto"]
        if page["next"] is None:
            return found


class Follower(Thread):
    """One tenant's client: it comes back, subscribes again and asks for what it missed.

    Attributes:
        by_socket, by_asking: how often it got each event, by its subject: `<schema>-<number>`.
        newest: the highest of these numbers that came by socket.
        connections: how often it was connected and subscribed.
        resyncs: how often it was told that something was missed without a reconnect.
        trouble: why the last try to connect or to listen ended.
    """

    def __init__(self, stack: Stack, slug: str, stop: Flag) -> None:
        super().__init__(daemon=True)
        own = stack.tenant(slug)["realtime"]
        app = {"id": own["app_id"], "key": own["key"], "secrets": (own["secret"],)}
        self._app = App(**app, schema=f"ts_{slug}", slug=slug)
        self._stack, self.slug, self._flag = stack, slug, stop
        self._highest, self.newest = 0, -1
        self.by_socket, self.by_asking = Counter[str](), Counter[str]()
        self.connections = self.resyncs = 0
        self.trouble = ""

    @property
    def heard(self) -> set[str]:
        return set(self.by_socket) | set(self.by_asking)

    def run(self) -> None:
        while not self._flag.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException, AssertionError) as error:
                self.trouble = f"{type(error).__name__}: {error}"
            time.sleep(PAUSE_S)

    def _listen(self) -> None:
        with connected(Sockets(self._stack), self._app) as client:  # type: ignore[arg-type]
            assert "succeeded" in client.subscribe(CHANNEL)["event"]
            self.connections += 1
            self.ask()
            while not self._flag.is_set():
                with suppress(TimeoutError):
                    self._take(client, client.frame(LOOK_S))

    def _take(self, client: Raw, frame: Frame) -> None:
        client.seen.clear()
        if frame["event"] == TYPE:
            self._highest = max(self._highest, frame["data"]["seq"])
            subject = frame["data"]["subject"]
            self.by_socket[subject] += 1
            self.newest = max(self.newest, int(subject.rpartition("-")[2]))
        elif frame["event"] == "wificore:resync":
            self.resyncs += 1
            self.ask()
        elif frame["event"] == "pusher:ping":
            client.send("pusher:pong")

    def ask(self) -> None:
        """For what followed the highest number seen."""
        for event in pages(self._stack, self.slug, self._highest):
            self.by_asking[event["subject"]] += 1
            self._highest = max(self._highest, event["seq"])
