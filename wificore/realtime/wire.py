"""uvicorn's WebSocket protocol, with what ASGI has no words for.

    offer    one ready frame, at once or into a bounded queue; never waits, so that a socket which
             does not read delays no other; what overflows closes that socket (4100)
    finish   `pusher:error` and close with the same code; a client that reads neither is cut off
    heard    when the client was last heard of; pings and pongs of the WebSocket count, too

A frame to a client is not masked and, without deflate, the same bytes for all: it is made once
(`text`) and written to every transport as it is. ASGI's `send` would make it anew for each socket
and wait for the slow ones (measured, ADR 0015).
"""

import asyncio
import socket
from asyncio.transports import BaseTransport
from collections import deque
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from wificore.realtime import frames, limits, metrics

EXTENSION = "wificore.wire"
# What the kernel may hold for a client that does not read; Linux doubles it.
SEND_BUFFER = 1 << 17
# How long a client may take to answer our close, or to read what was before it.
CUT_OFF_S = 30.0
LINGER_S = 5.0


def text(frame: str) -> bytes:
    """A text frame as it goes over the line."""
    return Frame(Opcode.TEXT, frame.encode()).serialize(mask=False)


class Wire(WebSocketsSansIOProtocol):
    """One client's connection."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.heard = self.loop.time()
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            cast(dict[str, Any], self.scope["extensions"])[EXTENSION] = self

    def data_received(self, data: bytes) -> None:
        self.heard = self.loop.time()
        # After a violation of the protocol what still comes is read and thrown away: a socket that
        # is closed with something unread is reset, and the client would never see why.
        if self.conn.parser_exc is None:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """1009 for a frame over `limits.FRAME`, 1007 for text that is no UTF-8, 1002."""
        assert self.conn.close_sent is not None
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self._empty()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._closed(code, reason, LINGER_S)

    def resume_writing(self) -> None:
        super().resume_writing()
        while self._queue and self.writable.is_set():
            frame = self._queue.popleft()
            self._queued_bytes -= len(frame)
            self.transport.write(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._empty()

    @property
    def closing(self) -> bool:
        return self.close_sent or self.disconnected or self.transport.is_closing()

    def offer(self, frame: bytes) -> None:
        """Send a frame made by `text`, or keep it until the client reads on."""
        if self.closing:
            return
        if self.writable.is_set():
            self.transport.write(frame)
            return
        self._queue.append(frame)
        self._queued_bytes += len(frame)
        if len(self._queue) > limits.QUEUE_FRAMES or self._queued_bytes > limits.QUEUE_BYTES:
            metrics.SLOW_CLIENTS.inc()
            self.finish(frames.SLOW_CLIENT, "Too slow: frames were not read in time")

    def finish(self, code: int, message: str) -> None:
        """Say why and close; what is queued is dropped."""
        if self.closing:
            return
        self._empty()
        self.transport.write(text(frames.error(code, message)))
        self.conn.send_close(code, message)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._closed(code, message, CUT_OFF_S)

    def _closed(self, code: int, reason: str, patience_s: float) -> None:
        """Our close is sent: tell the application, and wait for the client's, not for ever."""
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(patience_s, self.transport.abort)

    def _empty(self) -> None:
        self._queue.clear()
        self._queued_bytes = 0


async def settled(wires: "list[Wire]", seconds: float) -> None:
    """Wait until what was written has left, at most so long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline and any(_unsent(wire) for wire in wires):
        await asyncio.sleep(0.01)


def _unsent(wire: Wire) -> bool:
    return not wire.disconnected and wire.transport.get_write_buffer_size() > 0
