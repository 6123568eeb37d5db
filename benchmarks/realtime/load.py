"""The counting clients as a process, and publishers for each kind of server."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import redis.asyncio

from wificore.devserver.config import ROOT

from .layers import GROUP, LAYERS

# The size of an ordinary event.
FILLING = "x" * 100

Publish = Callable[[], Awaitable[object]]


class Clients:
    """See clients.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def do(self, *words: object) -> Any:
        """A command's answer, once it is done."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the clients ended"
        return json.loads(line)


@contextmanager
def clients(port: int, path: str, signing: str = "") -> Iterator[Clients]:
    """The process; `signing` is "<key>:<secret>" if channels are private."""
    command = [sys.executable, "-m", "benchmarks.realtime.clients", str(port), path, signing]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Clients(process)
    finally:
        process.kill()
        process.communicate()


def data() -> str:
    """What goes into an event: when it was made."""
    return json.dumps({"t": time.time_ns(), "filling": FILLING})


def publish_ours(url: str, app_id: str, channel: str, rate: float, seconds: float) -> float:
    """Events a second that went out."""

    async def run() -> float:
        async with redis.asyncio.Redis.from_url(url) as client:

            async def publish() -> object:
                message = {"k": "event", "channels": [channel], "event": "bench", "data": data()}
                return await client.publish(f"rt:{app_id}", json.dumps(message))

            return await _paced(publish, rate, seconds)

    return asyncio.run(run())


def publish_peer(kind: str, url: str, rate: float, seconds: float) -> float:
    """The same through a stock layer."""
    from importlib import import_module

    module, _, name = LAYERS[kind].rpartition(".")
    extra = {"capacity": 100_000} if kind == "stock" else {}

    async def run() -> float:
        layer = getattr(import_module(module), name)(hosts=[url], **extra)

        async def publish() -> object:
            return await layer.group_send(GROUP, {"type": "told", "text": data()})

        return await _paced(publish, rate, seconds)

    return asyncio.run(run())


async def _paced(publish: Publish, rate: float, seconds: float) -> float:
    """As many a second, whatever each takes; late ones follow at once."""
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    while loop.time() - began < seconds:
        await publish()
        sent += 1
        await asyncio.sleep(max(0.0, began + sent / rate - loop.time()))
    return sent / (loop.time() - began)
