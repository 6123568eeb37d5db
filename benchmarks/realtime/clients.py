"""Sockets that count: `python -m benchmarks.realtime.clients PORT PATH KEY:SECRET`.

Commands as lines on stdin, one line of JSON for each on stdout:
    open N [CHANNEL ..]     N more sockets, each subscribed to these channels
    close                   all of them
    reset                   forget what was counted
    report                  {"count", "p50", "p99", "max"}; ms since the `t` (ns) in a frame

Frames of servers are not masked, so they are taken apart here without a library: the load must not
be what is measured.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import resource
import statistics
import struct
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

MADE = re.compile(rb't[\\": =]+(\d{16,})')
SOCKET_ID = re.compile(rb'socket_id[\\": ]+([\d.]+)')
MASK = b"\0\0\0\0"


class Client(asyncio.Protocol):
    """One socket."""

    def __init__(self, path: str, signing: str, channels: list[str], late: list[float]) -> None:
        self._channels, self._late = channels, late
        self._path = path
        self._key, _, self._secret = signing.partition(":")
        self._buffer = b""
        self._shaken = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits = len(channels)
        self.transport: asyncio.Transport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._shaken:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head, head
            self._shaken, self._buffer = True, rest
            self._check()
        self._frames()

    def _frames(self) -> None:
        buffer, at, end = self._buffer, 0, len(self._buffer)
        while end - at >= 2:
            size, head = buffer[at + 1] & 0x7F, 2
            if size == 126:
                if end - at < 4:
                    break
                (size,), head = struct.unpack_from("!H", buffer, at + 2), 4
            if end - at < head + size:
                break
            self._frame(buffer[at + head : at + head + size])
            at += head + size
        self._buffer = buffer[at:]

    def _frame(self, payload: bytes) -> None:
        made = MADE.search(payload)
        if made:
            self._late.append(time.time_ns() - int(made[1]))
        elif b"subscription_succeeded" in payload:
            self._waits -= 1
            self._check()
        elif found := SOCKET_ID.search(payload):
            self._subscribe(found[1].decode())

    def _subscribe(self, socket_id: str) -> None:
        for channel in self._channels:
            text = f"{socket_id}:{channel}".encode()
            signature = hmac.new(self._secret.encode(), text, hashlib.sha256).hexdigest()
            data = {"channel": channel, "auth": f"{self._key}:{signature}"}
            self._say({"event": "pusher:subscribe", "data": data})

    def _check(self) -> None:
        if self._waits <= 0 and not self.ready.done():
            self.ready.set_result(None)

    def _say(self, content: Any) -> None:
        text = json.dumps(content).encode()
        head = (
            bytes([0x81, 0x80 | len(text)])
            if len(text) < 126
            else bytes([0x81, 0xFE]) + struct.pack("!H", len(text))
        )
        self.transport.write(head + MASK + text)


async def main(port: int, path: str, signing: str) -> None:
    loop = asyncio.get_running_loop()
    late: list[float] = []
    clients: list[Client] = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        verb, *words = line.split()
        answer: Any = {}
        if verb == "open":
            count, channels = int(words[0]), words[1:]
            made = partial(Client, path, signing, channels, late)
            clients.extend(await _opened(count, port, made))
        elif verb == "close":
            for client in clients:
                client.transport.abort()
            clients.clear()
        elif verb == "reset":
            late.clear()
        else:
            answer = _report(late)
        print(json.dumps(answer), flush=True)


async def _opened(count: int, port: int, made: Callable[[], Client]) -> list[Client]:
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for start in range(0, count, 100):
        size = min(100, count - start)
        fresh = [(await loop.create_connection(made, "127.0.0.1", port))[1] for _ in range(size)]
        await asyncio.gather(*(client.ready for client in fresh))
        clients += fresh
    return clients


def _report(late: list[float]) -> dict[str, float]:
    if len(late) < 2:
        return {"count": len(late), "p50": 0.0, "p99": 0.0, "max": 0.0}
    hundredths = statistics.quantiles(late, n=100)
    in_ms = {"p50": hundredths[49], "p99": hundredths[98], "max": max(late)}
    return {"count": len(late), **{name: value / 1e6 for name, value in in_ms.items()}}


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
