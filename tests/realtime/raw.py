"""A client that speaks the protocol by hand: what stock clients never do can be done with it."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.realtime.nodes import Node
from tests.worker import until
from wificore.devserver.config import LOOPBACK
from wificore.realtime import names, signatures, state
from wificore.realtime.registry import App

DEADLINE_S = 20.0
QUIET_S = 0.15

Frame = dict[str, Any]


class Raw:
    """One connection."""

    def __init__(self, connection: ClientConnection, app: App) -> None:
        self.connection = connection
        self.app = app
        self.seen: list[Frame] = []
        self.answers = True
        self.socket_id = ""

    def send(self, event: str, data: Any = None, **more: Any) -> None:
        self.connection.send(json.dumps({"event": event, "data": data or {}, **more}))

    def frame(self, seconds: float = DEADLINE_S) -> Frame:
        """The next frame; its data decoded if it is a JSON string."""
        frame: Frame = json.loads(self.connection.recv(timeout=seconds))
        if frame["event"] == "pusher:ping" and self.answers:
            # On a busy machine a test may be silent for long.
            self.send("pusher:pong")
            return self.frame(seconds)
        self.seen.append(frame)
        if isinstance(frame.get("data"), str):
            with suppress(ValueError):
                frame["data"] = json.loads(frame["data"])
        return frame

    def expect(self, event: str) -> Frame:
        """The next frame, which is this one."""
        frame = self.frame()
        assert frame["event"] == event, frame
        return frame

    def wait(self, event: str, seconds: float = DEADLINE_S) -> Frame:
        """The next frame of this kind; others before it are passed over (see `seen`)."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self.frame(deadline - time.monotonic())
            if frame["event"] == event:
                return frame

    def quiet(self, seconds: float = QUIET_S) -> bool:
        """Whether nothing comes, after what was sent is surely handled."""
        self.send("pusher:ping")
        if self.frame()["event"] != "pusher:pong":
            return False
        try:
            self.frame(seconds)
        except TimeoutError:
            return True
        return False

    def closed(self) -> int:
        """The code it is closed with; frames before that are in `seen`."""
        try:
            while True:
                self.frame()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006

    def subscribe(self, channel: str, **data: Any) -> Frame:
        """Subscribe, signed if need be, and return the answer."""
        self.send("pusher:subscribe", {"channel": channel, **self.auth(channel), **data})
        while True:
            frame = self.frame()
            if frame.get("channel") == channel and "subscription" in frame["event"]:
                return frame

    def join(self, channel: str, user_id: Any, **info: Any) -> Frame:
        """Subscribe to a presence channel as a user."""
        member: dict[str, Any] = {"user_id": user_id, **({"user_info": info} if info else {})}
        data = json.dumps(member)
        return self.subscribe(channel, auth=self.sign(channel, data), channel_data=data)

    def auth(self, channel: str) -> dict[str, str]:
        found = names.channel(channel)
        return {"auth": self.sign(channel)} if found and found.private else {}

    def sign(self, channel: str, data: str | None = None) -> str:
        app = self.app
        return signatures.channel_auth(app.key, app.secrets[0], self.socket_id, channel, data)

    def sign_in(self, user_id: str) -> Frame:
        user_data = json.dumps({"id": user_id})
        app = self.app
        auth = signatures.user_auth(app.key, app.secrets[0], self.socket_id, user_data)
        self.send("pusher:signin", {"auth": auth, "user_data": user_data})
        return self.expect("pusher:signin_success")


@contextmanager
def dial(
    node: Node, app: App, path: str = "", host: str = LOOPBACK, **options: Any
) -> Iterator[Raw]:
    """A connection that has said nothing yet; `host` is what it calls the server."""
    url = f"ws://{host}:{node.port}{path or f'/app/{app.key}?protocol=7'}"
    options["sock"] = socket.create_connection((LOOPBACK, node.port))
    # No keep-alive pings: a silent client is silent.
    with connect(url, proxy=None, compression=None, ping_interval=None, **options) as connection:
        yield Raw(connection, app)


@contextmanager
def connected(node: Node, app: App, **options: Any) -> Iterator[Raw]:
    """A connection that is established."""
    with dial(node, app, **options) as client:
        client.socket_id = client.expect("pusher:connection_established")["data"]["socket_id"]
        yield client


def bus() -> "redis.Redis":
    return redis.Redis.from_url(settings.EVENTS_REDIS_URL, decode_responses=True)


def wait_until_nobody_is_there(app: App) -> None:
    """Sockets that a test closed may leave their channels after it."""
    with bus() as client:
        occupied = names.key(app.schema, app.id, "channels")
        until(lambda: not client.exists(occupied), lambda: client.hgetall(occupied))


def forget_webhooks(app: App) -> None:
    """Nothing is kept for the webhook of an app that has none any more."""
    parts = ("hooks", "sending", "sender", "sender-lease")
    keys = [names.key(app.schema, app.id, part) for part in parts]
    with bus() as client:

        def dropped() -> bool:
            client.sadd(state.HOOKS, f"{app.schema} {app.id}")
            return not client.exists(*keys)

        until(dropped, lambda: client.keys(names.key(app.schema, app.id, "*")))


def publish(app: App, channel: str, event: str, data: Any, **more: Any) -> None:
    """What the HTTP API does in the end."""
    text = data if isinstance(data, str) else json.dumps(data)
    message = {"k": "event", "channels": [channel], "event": event, "data": text, **more}
    say(app, message)


def say(app: App, message: dict[str, Any]) -> None:
    with bus() as client:
        client.publish(names.bus(app.id), json.dumps({"t": int(time.time() * 1000), **message}))
