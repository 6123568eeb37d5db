"""Sends prepared packets, a fixed number under way at once: a few microseconds each.

What is not answered is sent again unchanged, as routers do (RFC 5080 section 2.2.1): stock's module
`detail` drops packets when several threads make a new router's directory at once, and answers them
when they come back after its `cleanup_delay` of 5 s.
"""

import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from .packets import Packet, router_address

WINDOW = 64
REPEAT_S = 1.0
GIVE_UP_S = 20.0


@dataclass(frozen=True)
class Sent:
    """What a turn came to: every packet was answered, after so many were sent again."""

    packets: int
    seconds: float
    repeats: int = 0


def send(packets: Sequence[Packet], port: int, seconds: float, answer: int) -> Sent:
    """As many of the packets as the server answers in this time, in their order.

    Raises:
        RuntimeError: an answer failed to come, or was another than the code `answer`.
    """
    with _routers(max(packet.router for packet in packets) + 1, port) as routers:
        return _Turn(packets, routers, answer).run(seconds)


@dataclass(slots=True)
class _Waiting:
    """A packet without an answer: when it was sent first, and last."""

    packet: Packet
    first: float
    last: float


class _Turn:
    def __init__(
        self, packets: Sequence[Packet], routers: list[socket.socket], answer: int
    ) -> None:
        self.packets = packets
        self.routers = routers
        self.answer = answer
        # Who was sent last stands last.
        self.under_way: dict[tuple[int, int], _Waiting] = {}
        self.sent = self.repeats = 0
        self.poll = select.epoll()
        self.by_descriptor = {router.fileno(): n for n, router in enumerate(routers)}
        for descriptor in self.by_descriptor:
            self.poll.register(descriptor, select.EPOLLIN)

    def run(self, seconds: float) -> Sent:
        began = now = time.monotonic()
        try:
            while True:
                if now - began < seconds:
                    self._fill(now)
                if not self.under_way:
                    break
                self._receive()
                now = time.monotonic()
                self._repeat(now)
        finally:
            self.poll.close()
        return Sent(self.sent, now - began, self.repeats)

    def _fill(self, now: float) -> None:
        while len(self.under_way) < WINDOW and self.sent < len(self.packets):
            packet = self.packets[self.sent]
            key = packet.router, packet.identifier
            if key in self.under_way:
                return
            self.under_way[key] = _Waiting(packet, now, now)
            self.routers[packet.router].send(packet.octets)
            self.sent += 1

    def _repeat(self, now: float) -> None:
        while self.under_way:
            key, waiting = next(iter(self.under_way.items()))
            if now - waiting.last < REPEAT_S:
                return
            if now - waiting.first > GIVE_UP_S:
                raise RuntimeError(f"{len(self.under_way)} packets were not answered")
            self.under_way[key] = _Waiting(self.under_way.pop(key).packet, waiting.first, now)
            self.routers[waiting.packet.router].send(waiting.packet.octets)
            self.repeats += 1

    def _receive(self) -> None:
        for descriptor, _events in self.poll.poll(REPEAT_S):
            number = self.by_descriptor[descriptor]
            while octets := _next(self.routers[number]):
                if octets[0] != self.answer:
                    raise RuntimeError(f"answer with code {octets[0]}, wanted {self.answer}")
                # A repeat may be answered twice.
                self.under_way.pop((number, octets[1]), None)


def _next(router: socket.socket) -> bytes:
    try:
        return router.recv(4096)
    except BlockingIOError:
        return b""


@contextmanager
def _routers(count: int, port: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_router(number, port)) for number in range(count)]


def _router(number: int, port: int) -> socket.socket:
    router = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    router.setblocking(False)
    router.bind((router_address(number), 0))
    router.connect(("127.0.0.1", port))
    return router
