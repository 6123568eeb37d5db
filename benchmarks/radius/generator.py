"""Sends prepared packets, a fixed number under way at once: a few microseconds each."""

import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from .packets import Packet, router_address

WINDOW = 64
SILENCE_S = 10.0


@dataclass(frozen=True)
class Sent:
    """What a turn came to: every packet was answered."""

    packets: int
    seconds: float


def send(packets: Sequence[Packet], port: int, seconds: float, answer: int) -> Sent:
    """As many of the packets as the server answers in this time, in their order.

    Raises:
        RuntimeError: an answer failed to come, or was another than the code `answer`.
    """
    with _routers(max(packet.router for packet in packets) + 1, port) as routers:
        return _Turn(packets, routers, answer).run(seconds)


class _Turn:
    def __init__(
        self, packets: Sequence[Packet], routers: list[socket.socket], answer: int
    ) -> None:
        self.packets = packets
        self.routers = routers
        self.answer = answer
        self.under_way: set[tuple[int, int]] = set()
        self.sent = 0
        self.poll = select.epoll()
        self.by_descriptor = {router.fileno(): n for n, router in enumerate(routers)}
        for descriptor in self.by_descriptor:
            self.poll.register(descriptor, select.EPOLLIN)

    def run(self, seconds: float) -> Sent:
        began = time.monotonic()
        try:
            while True:
                if time.monotonic() - began < seconds:
                    self._fill()
                if not self.under_way:
                    break
                self._receive()
        finally:
            self.poll.close()
        return Sent(self.sent, time.monotonic() - began)

    def _fill(self) -> None:
        while len(self.under_way) < WINDOW and self.sent < len(self.packets):
            packet = self.packets[self.sent]
            key = packet.router, packet.identifier
            if key in self.under_way:
                return
            self.under_way.add(key)
            self.routers[packet.router].send(packet.octets)
            self.sent += 1

    def _receive(self) -> None:
        ready = self.poll.poll(SILENCE_S)
        if not ready:
            raise RuntimeError(f"{len(self.under_way)} packets were not answered")
        for descriptor, _events in ready:
            number = self.by_descriptor[descriptor]
            while octets := _next(self.routers[number]):
                if octets[0] != self.answer:
                    raise RuntimeError(f"answer with code {octets[0]}, wanted {self.answer}")
                self.under_way.discard((number, octets[1]))


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
