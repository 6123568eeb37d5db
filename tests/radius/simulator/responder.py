"""A RADIUS server in a thread, by pyrad's server side: it checks and keeps all it gets."""

import hashlib
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from pyrad.packet import AccessReject, AcctPacket, AuthPacket, Packet

from radius.simulator.packets import DICTIONARY
from radius.simulator.participants import Party

Address = tuple[str, int]


@dataclass(slots=True)
class Got:
    """A packet that arrived: source, identifier, authenticator, attributes, Unix seconds."""

    source: Address
    id: int
    authenticator: bytes
    attributes: dict[str, Any]
    at: float


@dataclass
class Responder:
    """Answers on two loopback ports; `drop` is the share of packets it does not see.

    As RFC 5080 2.2.2 asks, a repeated packet gets the first one's answer and is not counted again.
    """

    parties: list[Party]
    drop: float = 0.0
    wrong_secret: bool = False
    deaf: bool = False  # hears (`heard`) and does not answer
    heard: list[Got] = field(default_factory=list)
    logins: list[tuple[Got, bool]] = field(default_factory=list)
    records: list[Got] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    dropped: int = 0

    def __post_init__(self) -> None:
        self._secrets = {r.address: r.secret for p in self.parties for r in p.routers}
        self._tenants = {r.address: p for p in self.parties for r in p.routers}
        self._answers: dict[tuple[Address, bytes], bytes] = {}
        self._forgotten: set[str] = set()
        self._rng = random.Random(1)
        self._stop = threading.Event()
        self._sockets = [_bound(), _bound()]
        self.auth_port, self.acct_port = (s.getsockname()[1] for s in self._sockets)
        self._threads = [
            threading.Thread(target=self._serve, args=(s, f), daemon=True)
            for s, f in zip(self._sockets, (self._login, self._record), strict=True)
        ]

    def __enter__(self) -> "Responder":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def tenant_of(self, address: str) -> str:
        """Whose router it is."""
        return self._tenants[address].tenant

    def forget(self, username: str) -> None:
        """From now on the user is unknown."""
        self._forgotten.add(username)

    def _serve(self, own: socket.socket, answer: Any) -> None:
        while not self._stop.is_set():
            try:
                data, source = own.recvfrom(4096)
            except TimeoutError:
                continue
            if self._rng.random() < self.drop:
                self.dropped += 1
                continue
            if self.deaf:
                packet = Packet(packet=data, secret=self._secret(source), dict=DICTIONARY)
                self.heard.append(_got(packet, source))
                continue
            key = (source, data[4:20])
            if key not in self._answers:
                self._answers[key] = answer(data, source)
            own.sendto(self._answers[key], source)

    def _secret(self, source: Address) -> bytes:
        return self._secrets[source[0]]

    def _login(self, data: bytes, source: Address) -> bytes:
        packet = AuthPacket(packet=data, secret=self._secret(source), dict=DICTIONARY)
        if not packet.verify_message_authenticator():
            self.invalid.append("Message-Authenticator")
        accepted = self._proven(packet, source)
        self.logins.append((_got(packet, source), accepted))
        reply = packet.CreateReply()
        if not accepted:
            reply.code = AccessReject
        if self.wrong_secret:
            reply.secret = b"not the secret"
        answer: bytes = reply.ReplyPacket()
        return answer

    def _proven(self, packet: AuthPacket, source: Address) -> bool:
        people = {p.username: p.password for p in self._tenants[source[0]].subscribers}
        password = people.get(packet["User-Name"][0])
        if password is None or packet["User-Name"][0] in self._forgotten:
            return False
        if "CHAP-Password" in packet:
            return bool(packet.VerifyChapPasswd(password))
        return bool(packet.PwDecrypt(packet["User-Password"][0]) == password)

    def _record(self, data: bytes, source: Address) -> bytes:
        packet = AcctPacket(packet=data, secret=self._secret(source), dict=DICTIONARY)
        if not packet.VerifyAcctRequest():
            self.invalid.append("Request Authenticator")
        self.records.append(_got(packet, source))
        answer: bytes = packet.CreateReply().ReplyPacket()
        return answer


def _got(packet: Any, source: Address) -> Got:
    attributes = {key: packet[key][0] for key in packet.keys()}  # noqa: SIM118
    return Got(source, packet.id, packet.authenticator, attributes, time.time())


def _bound() -> socket.socket:
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    own.bind(("127.0.0.1", 0))
    own.settimeout(0.1)
    return own


def chap_digest(chap_id: bytes, password: str, challenge: bytes) -> bytes:
    """RFC 1994 4.1, written down a second time."""
    return hashlib.md5(chap_id + password.encode() + challenge).digest()
