"""A cheap HTTP client: kept connections, requests that are written down before."""

import re
import select
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack

LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
CONNECTIONS = 4
SILENCE_S = 20.0


def load(port: int, hosts: Sequence[str], seconds: float) -> tuple[int, float]:
    """Ask for the list, host after host, on every connection; (answers, seconds).

    Raises:
        RuntimeError: an answer was not 200, or failed to come.
    """
    requests = [
        f"GET /items/ HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode()
        for host in hosts
    ]
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(CONNECTIONS)
        ]
        return _loop({each.fileno(): each for each in sockets}, requests, seconds)


def _loop(
    sockets: dict[int, socket.socket], requests: Sequence[bytes], seconds: float
) -> tuple[int, float]:
    poll = select.epoll()
    began, sent, answered = time.monotonic(), 0, 0
    parts = dict.fromkeys(sockets, b"")
    for descriptor, each in sockets.items():
        poll.register(descriptor, select.EPOLLIN)
        each.sendall(requests[sent % len(requests)])
        sent += 1
    while answered < sent:
        for descriptor in _ready(poll):
            parts[descriptor] += sockets[descriptor].recv(262_144)
            if not _whole(parts[descriptor]):
                continue
            answered, parts[descriptor] = answered + 1, b""
            if time.monotonic() - began < seconds:
                sockets[descriptor].sendall(requests[sent % len(requests)])
                sent += 1
    poll.close()
    return answered, time.monotonic() - began


def _ready(poll: select.epoll) -> list[int]:
    ready = poll.poll(SILENCE_S)
    if not ready:
        raise RuntimeError(f"no answer in {SILENCE_S:.0f} s")
    return [descriptor for descriptor, _events in ready]


def _whole(answer: bytes) -> bool:
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"answer: {answer[:300]!r}")
    end = answer.find(b"\r\n\r\n")
    length = LENGTH.search(answer)
    return end > 0 and length is not None and len(answer) >= end + 4 + int(length[1])
