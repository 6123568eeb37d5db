"""UDP to and from the server: one thread, a socket for every 256 unanswered packets of a router.

A packet is known by source address, source port and identifier (RFC 2865 3), so a router with
more than 256 unanswered packets opens another source port, as big routers do. Retries follow
RFC 2865 2.5 and RFC 2866 3: the same packet again, unless Acct-Delay-Time changed, which makes
it a new packet with a new identifier. Logins are given up after a few tries, accounting never.
"""

import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from pyrad.packet import Packet, PacketError

from radius.simulator.actions import Action, Answer, Login
from radius.simulator.packets import answer_to, request_packet
from radius.simulator.participants import Router, is_loopback

LOGIN_WAITS = (2.0, 3.0, 5.0)  # seconds after each try; then the login is unanswered
RECORD_WAITS = (2.0, 3.0, 5.0, 8.0)  # the last one for every further try
LATE_ANSWERS = 4  # packets of one record whose answers are still listened for
RECEIVE_BUFFER = 1 << 20  # octets; answers to a burst wait here

Clock = Callable[[], float]


@dataclass(slots=True, eq=False)
class Exchange:
    """An action on its way: its packets in flight (a new one when Acct-Delay-Time grew)."""

    action: Action
    first_sent: float
    tries: int = 0
    done: bool = False
    slots: list["tuple[Line, int]"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action ended; `answer` NONE only for logins."""

    action: Action
    answer: Answer
    tries: int
    first_sent: float
    at: float


class Line:
    """A socket from a router to one port of the server, with its 256 identifiers."""

    def __init__(self, router: Router, server: tuple[str, int]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.socket.bind((router.address, 0))
        self.socket.connect(server)
        self.free = deque(range(256))  # first in, first out: an identifier rests after its use
        self.waiting: dict[int, tuple[Exchange, Packet, bytes]] = {}

    def take(self, exchange: Exchange, delay: int) -> bytes:
        """Give the exchange a new packet with a free identifier; return it encoded."""
        packet_id = self.free.popleft()
        packet = request_packet(exchange.action, packet_id, delay)
        data: bytes = packet.RequestPacket()
        self.waiting[packet_id] = (exchange, packet, data)
        exchange.slots.append((self, packet_id))
        return data

    def release(self, packet_id: int) -> None:
        """Nobody waits for this identifier any more."""
        if self.waiting.pop(packet_id, None) is not None:
            self.free.append(packet_id)


class Wire:
    """All routers' sockets and all unanswered packets."""

    def __init__(self, host: str, auth_port: int, acct_port: int) -> None:
        if not is_loopback(host):
            raise ValueError(f"the simulator sends to loopback addresses only, not to {host!r}")
        self._servers = {True: (host, auth_port), False: (host, acct_port)}
        self._selector = selectors.DefaultSelector()
        self._lines: dict[tuple[str, bool], list[Line]] = {}
        self._timers: list[tuple[float, int, Exchange]] = []
        self._order = count()
        self.sent = self.retries = self.invalid = 0

    def close(self) -> None:
        """Close all sockets."""
        for line in self._all_lines():
            line.socket.close()
        self._selector.close()

    def send(self, action: Action, now: float) -> None:
        """Send an action for the first time."""
        exchange = Exchange(action, now)
        data = self._transmit(exchange, now)
        if action.doubled:
            self._put(exchange.slots[-1][0], data)

    def next_due(self) -> float | None:
        """Return when the next retry is due (Unix seconds)."""
        return self._timers[0][0] if self._timers else None

    def retry_due(self, now: float) -> list[Outcome]:
        """Repeat what was not answered in time; return the logins that are given up."""
        lost = []
        while self._timers and self._timers[0][0] <= now:
            exchange = heappop(self._timers)[2]
            if exchange.done:
                continue
            if self._given_up(exchange):
                lost.append(self._finish(exchange, Answer.NONE, now))
            else:
                self.retries += 1
                self._transmit(exchange, now)
        return lost

    def receive(self, timeout: float, clock: Clock) -> list[Outcome]:
        """Wait up to `timeout` seconds and return what was answered."""
        outcomes = []
        for key, _ in self._selector.select(max(0.0, timeout)):
            line: Line = key.data
            for data in _datagrams(line.socket):
                outcome = self._answered(line, data, clock())
                if outcome is not None:
                    outcomes.append(outcome)
        return outcomes

    def _given_up(self, exchange: Exchange) -> bool:
        return isinstance(exchange.action, Login) and exchange.tries >= len(LOGIN_WAITS)

    def _transmit(self, exchange: Exchange, now: float) -> bytes:
        line, data = self._packet(exchange, now)
        waits = LOGIN_WAITS if isinstance(exchange.action, Login) else RECORD_WAITS
        wait = waits[min(exchange.tries, len(waits) - 1)]
        exchange.tries += 1
        heappush(self._timers, (now + wait, next(self._order), exchange))
        self._put(line, data)
        return data

    def _packet(self, exchange: Exchange, now: float) -> tuple[Line, bytes]:
        """Return the exchange's packet and its line: the last one again, or one of a new delay."""
        action = exchange.action
        is_login = isinstance(action, Login)
        if exchange.slots and (is_login or action.router.stamps):
            line, packet_id = exchange.slots[-1]
            return line, line.waiting[packet_id][2]
        if len(exchange.slots) == LATE_ANSWERS:
            line, packet_id = exchange.slots.pop(0)
            line.release(packet_id)
        line = self._line(action.router, is_login)
        delay = 0 if isinstance(action, Login) else max(0, int(now - action.event))
        return line, line.take(exchange, delay)

    def _put(self, line: Line, data: bytes) -> None:
        """Send, as UDP does: a full buffer or a server that is not there loses the packet."""
        self.sent += 1
        try:
            line.socket.send(data)
        except (BlockingIOError, ConnectionRefusedError):
            return

    def _line(self, router: Router, is_login: bool) -> Line:
        lines = self._lines.setdefault((router.address, is_login), [])
        for line in lines:
            if line.free:
                return line
        line = Line(router, self._servers[is_login])
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        lines.append(line)
        return line

    def _answered(self, line: Line, data: bytes, now: float) -> Outcome | None:
        waiting = line.waiting.get(data[1]) if len(data) >= 20 else None
        if waiting is None:  # an answer to the second copy of a packet
            return None
        exchange, packet, _ = waiting
        try:
            answer = answer_to(packet, data)
        except PacketError:
            answer = None
        if answer is None:
            self.invalid += 1
            return None
        return self._finish(exchange, answer, now)

    def _finish(self, exchange: Exchange, answer: Answer, now: float) -> Outcome:
        exchange.done = True
        for line, packet_id in exchange.slots:
            line.release(packet_id)
        return Outcome(exchange.action, answer, exchange.tries, exchange.first_sent, now)

    def _all_lines(self) -> Iterable[Line]:
        return (line for lines in self._lines.values() for line in lines)


def _datagrams(source: socket.socket) -> Iterable[bytes]:
    while True:
        try:
            yield source.recv(4096)
        except BlockingIOError:
            return
        except ConnectionRefusedError:  # the server's port is closed just now; retries go on
            continue
