"""Stock clients in Node and in Chromium, with the stock library of Python as their server."""

import base64
import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pusher

from tests.access.mfa import chromium
from tests.realtime.nodes import Node
from wificore.devserver.config import LOOPBACK, ROOT
from wificore.devserver.web_client import find_node
from wificore.realtime.registry import App

HERE = Path(__file__).parent
PACKAGES = ROOT / "frontend" / "node_modules"
IN_BROWSER = (
    PACKAGES / "pusher-js" / "dist" / "web" / "pusher-with-encryption.js",
    PACKAGES / "laravel-echo" / "dist" / "echo.iife.js",
    HERE / "driver.js",
)
ENCRYPTION_KEY = base64.b64encode(bytes(range(32))).decode()
DEADLINE_S = 20.0

Entry = dict[str, Any]


class Runtime(Protocol):
    """Where the driver runs."""

    def run(self, command: Entry) -> None: ...

    def take(self) -> list[Entry]: ...


class InNode:
    """A Node process."""

    def __init__(self) -> None:
        node = find_node()
        assert node, "Node is missing: `make test` brings it"
        self._process = subprocess.Popen(
            node.command(HERE / "node.mjs"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def run(self, command: Entry) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()

    def take(self) -> list[Entry]:
        assert self._process.poll() is None, "Node ended; see its words on stderr"
        found = []
        while not self._lines.empty():
            found.append(json.loads(self._lines.get()))
        return found

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._reader.join()
        self._process.stdout.close()


class InChromium:
    """A page of the tenant's own host in the distribution's Chromium."""

    def __init__(self, browser: chromium.Browser, url: str) -> None:
        self._page = browser.page(url)
        scripts = "\n".join(path.read_text() for path in IN_BROWSER)
        # As <script> elements would: in the global scope.
        self._page.run("(0, eval)(source); window.log = []", source=scripts)
        self._page.run("window.driver = makeDriver(Pusher, Echo.default, e => log.push(e))")

    def run(self, command: Entry) -> None:
        self._page.run("driver.run(command)", command=command)

    def take(self) -> list[Entry]:
        found = self._page.run("return JSON.stringify(log.splice(0))")
        entries: list[Entry] = json.loads(found)
        return entries


class Stock:
    """Clients of one app in one runtime; asks are answered as the app's server would."""

    def __init__(self, runtime: Runtime, node: Node, app: App, host: str) -> None:
        self._runtime, self._app = runtime, app
        self.options = {"wsHost": host, "wsPort": node.port}
        self.server = pusher.Pusher(
            app_id=app.id,
            key=app.key,
            secret=app.secrets[0],
            host=LOOPBACK,
            port=node.port,
            ssl=False,
            encryption_master_key_base64=ENCRYPTION_KEY,
        )
        self.log: list[Entry] = []
        self._at = self._mark = 0
        self.users: dict[str, str] = {}
        self.refuses: set[str] = set()

    def do(self, action: str, **more: Any) -> None:
        self._runtime.run({"do": action, **more})

    def open(self, name: str, *, echo: bool = False, key: str = "", user: str = "") -> str:
        """A client that is connected; its socket id. `user` is who its server says it is."""
        action = "openEcho" if echo else "open"
        self.users[name] = user or name
        self.do(action, id=name, key=key or self._app.key, options=self.options)
        entry = self.wait(lambda e: e.get("id") == name and e.get("state") == "connected")
        return str(entry["socketId"])

    def subscribe(self, name: str, channel: str) -> Any:
        """The data of its success."""
        self.do("subscribe", id=name, channel=channel)
        return self.event(name, channel, "pusher:subscription_succeeded")["data"]

    def event(self, name: str, channel: str, event: str) -> Entry:
        return self.wait(
            lambda e: (e.get("id"), e.get("channel"), e.get("event")) == (name, channel, event)
        )

    def wait(self, wanted: Callable[[Entry], bool], seconds: float = DEADLINE_S) -> Entry:
        """The next entry like this; those before it stay in `log`."""
        deadline = time.monotonic() + seconds
        while True:
            self._pump()
            while self._at < len(self.log):
                entry = self.log[self._at]
                self._at += 1
                if wanted(entry):
                    return entry
            assert time.monotonic() < deadline, self.log[-20:]
            time.sleep(0.02)

    def heard(self, name: str, event: str) -> list[Entry]:
        """All that a client was told under this name so far."""
        self._pump()
        return [e for e in self.log if e.get("id") == name and e.get("event") == event]

    def new(self) -> list[Entry]:
        """What happened since the last look."""
        self._pump()
        found = self.log[self._at :]
        self._at = len(self.log)
        return found

    def rewind(self) -> None:
        """Look at everything since `forward` again: what two clients hear has no order."""
        self._at = self._mark

    def forward(self) -> None:
        """Look only at what happens from now on."""
        self._pump()
        self._at = self._mark = len(self.log)

    def _pump(self) -> None:
        for entry in self._runtime.take():
            if "ask" in entry:
                self.do("answer", ask=entry["ask"], **self._answer(entry))
            else:
                self.log.append(entry)

    def _answer(self, entry: Entry) -> Entry:
        socket_id = entry["socketId"]
        user = self.users[entry["id"]]
        if entry["what"] == "user":
            return {"data": self.server.authenticate_user(socket_id, {"id": user})}
        channel = entry["channelName"]
        if channel in self.refuses:
            return {"data": {"auth": f"{self._app.key}:{'0' * 64}"}}
        member = {"user_id": user, "user_info": {"name": user.title()}}
        custom = member if channel.startswith("presence-") else None
        answer = self.server.authenticate(channel, socket_id, custom)
        if "shared_secret" in answer:  # which the library leaves as bytes
            answer["shared_secret"] = answer["shared_secret"].decode()
        return {"data": answer}


@contextmanager
def in_node() -> Iterator[InNode]:
    runtime = InNode()
    try:
        yield runtime
    finally:
        runtime.close()
