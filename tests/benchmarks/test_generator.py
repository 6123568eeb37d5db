"""The load generator sends again what is not answered, as routers do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import pytest

from benchmarks.radius import generator
from benchmarks.radius.packets import ACCOUNTING_RESPONSE, accounting

PACKETS = 20


@contextmanager
def server(ignored: int) -> Iterator[tuple[int, list[bytes]]]:
    """Answers every packet but the first `ignored` copies of each; yields port and what came."""
    came: list[bytes] = []
    stop = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    octets, router = own.recvfrom(4096)
                except TimeoutError:
                    continue
                came.append(octets)
                if came.count(octets) > ignored:
                    own.sendto(bytes((ACCOUNTING_RESPONSE, octets[1])) + bytes(18), router)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield own.getsockname()[1], came
        finally:
            stop.set()
            thread.join()


def test_a_packet_without_an_answer_comes_again_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "REPEAT_S", 0.05)
    packets = list(islice(accounting(2, 1), PACKETS))
    with server(ignored=2) as (port, came):
        sent = generator.send(packets, port, 60, ACCOUNTING_RESPONSE)
    assert sent.packets == PACKETS
    assert sent.repeats >= 2 * PACKETS
    assert set(came) == {packet.octets for packet in packets}


def test_what_is_never_answered_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "REPEAT_S", 0.05)
    monkeypatch.setattr(generator, "GIVE_UP_S", 0.2)
    packets = list(islice(accounting(1, 1), PACKETS))
    with server(ignored=1000) as (port, _), pytest.raises(RuntimeError, match="not answered"):
        generator.send(packets, port, 60, ACCOUNTING_RESPONSE)
