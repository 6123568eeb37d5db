"""A router that speaks RADIUS octet by octet: nasty values go out exactly as given.

From RFC 2865, 2866, 2869 (Message-Authenticator) and 2759 (MS-CHAP-V2) alone, so that it shares no
code with what it tests.
"""

import hashlib
import hmac
import os
import socket
import struct
import time
from dataclasses import dataclass, field

from tests.radius.freeradius import mschap

ACCEPT, REJECT, ACCOUNTING_RESPONSE = 2, 3, 5
USER_NAME, USER_PASSWORD, CHAP_PASSWORD, REPLY_MESSAGE, SESSION_TIMEOUT = 1, 2, 3, 18, 27
CALLED, CALLING, NAS_IDENTIFIER, ACCT_STATUS, ACCT_SESSION = 30, 31, 32, 40, 44
CHAP_CHALLENGE, MESSAGE_AUTHENTICATOR, VENDOR_SPECIFIC = 60, 80, 26
MICROSOFT, MS_CHAP_CHALLENGE, MS_CHAP2_RESPONSE, MS_CHAP2_SUCCESS = 311, 11, 25, 26
START, STOP, ACCOUNTING_ON = 1, 2, 7

DEADLINE = 60.0
SILENCE = 2.5

Attributes = list[tuple[int, bytes]]


def text(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def integer(value: int) -> bytes:
    return struct.pack("!I", value)


def vendor(number: int, kind: int, value: bytes) -> tuple[int, bytes]:
    return VENDOR_SPECIFIC, struct.pack("!IBB", number, kind, len(value) + 2) + value


@dataclass(frozen=True)
class Answer:
    """A verified answer: both authenticators were right."""

    code: int
    attributes: Attributes

    def get(self, kind: int) -> bytes | None:
        return next((value for found, value in self.attributes if found == kind), None)

    @property
    def message(self) -> str:
        return (self.get(REPLY_MESSAGE) or b"").decode()


@dataclass
class Router:
    """One source address with its secret, in front of one server."""

    server: tuple[str, int, int]
    address: str
    secret: bytes
    identifiers: int = field(default_factory=lambda: os.urandom(1)[0])

    def login(
        self,
        name: str | bytes,
        password: str | bytes,
        *extra: tuple[int, bytes],
        deadline: float = DEADLINE,
    ) -> Answer | None:
        """PAP. None: no answer before the deadline (seconds); the packet is repeated until then."""
        authenticator = os.urandom(16)
        hidden = hide_password(text(password), self.secret, authenticator)
        attributes = [(USER_NAME, text(name)), (USER_PASSWORD, hidden), *extra]
        return self.request(1, attributes, authenticator, deadline)

    def login_chap(self, name: str, password: str) -> Answer | None:
        challenge = os.urandom(16)
        digest = hashlib.md5(b"\x07" + text(password) + challenge, usedforsecurity=False).digest()
        attributes = [
            (USER_NAME, text(name)),
            (CHAP_PASSWORD, b"\x07" + digest),
            (CHAP_CHALLENGE, challenge),
        ]
        return self.request(1, attributes, os.urandom(16))

    def login_mschap2(self, name: str, password: str) -> Answer | None:
        challenge, peer = os.urandom(16), os.urandom(16)
        response = mschap.nt_response(challenge, peer, name, password)
        attributes = [
            (USER_NAME, text(name)),
            vendor(MICROSOFT, MS_CHAP_CHALLENGE, challenge),
            vendor(MICROSOFT, MS_CHAP2_RESPONSE, b"\x01\x00" + peer + bytes(8) + response),
        ]
        return self.request(1, attributes, os.urandom(16))

    def account(
        self, status: int, *attributes: tuple[int, bytes], deadline: float = DEADLINE
    ) -> Answer | None:
        return self.request(4, [(ACCT_STATUS, integer(status)), *attributes], bytes(16), deadline)

    def shout(self) -> None:
        """Send one accounting packet and do not wait."""
        packet = encode(4, 1, [(ACCT_STATUS, integer(START))], bytes(16), self.secret)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((self.address, 0))
            wire.sendto(packet, (self.server[0], self.server[2]))

    def request(
        self, code: int, attributes: Attributes, authenticator: bytes, deadline: float = DEADLINE
    ) -> Answer | None:
        """Send until answered or the deadline (seconds) is over; a forged answer is none."""
        self.identifiers = (self.identifiers + 1) % 256
        packet = encode(code, self.identifiers, attributes, authenticator, self.secret)
        host, auth_port, acct_port = self.server
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as wire:
            wire.bind((self.address, 0))
            wire.connect((host, auth_port if code == 1 else acct_port))
            return self._exchange(wire, packet, time.monotonic() + deadline)

    def _exchange(self, wire: socket.socket, packet: bytes, deadline: float) -> Answer | None:
        wire.settimeout(1.0)
        while time.monotonic() < deadline:
            try:
                wire.send(packet)
                answer = decode(wire.recv(4096), packet, self.secret)
            except (TimeoutError, ConnectionRefusedError):
                continue
            if answer:
                return answer
        return None


def hide_password(password: bytes, secret: bytes, authenticator: bytes) -> bytes:
    """RFC 2865 section 5.2."""
    padded = password.ljust(max(16, -(-len(password) // 16) * 16), b"\0")
    hidden, previous = b"", authenticator
    for start in range(0, len(padded), 16):
        mask = hashlib.md5(secret + previous, usedforsecurity=False).digest()
        previous = bytes(a ^ b for a, b in zip(padded[start : start + 16], mask, strict=True))
        hidden += previous
    return hidden


def encode(
    code: int, identifier: int, attributes: Attributes, authenticator: bytes, secret: bytes
) -> bytes:
    """Access-Requests carry a Message-Authenticator; accounting is signed by its authenticator."""
    body = b"".join(bytes([kind, len(value) + 2]) + value for kind, value in attributes)
    signed = code == 1
    if signed:
        body += bytes([MESSAGE_AUTHENTICATOR, 18]) + bytes(16)
    packet = struct.pack("!BBH", code, identifier, 20 + len(body)) + authenticator + body
    if signed:
        return packet[:-16] + hmac.new(secret, packet, "md5").digest()
    digest = hashlib.md5(packet + secret, usedforsecurity=False).digest()
    return packet[:4] + digest + packet[20:]


def decode(packet: bytes, request: bytes, secret: bytes) -> Answer | None:
    """None: not the answer to this request, or its authenticators are wrong or missing."""
    if packet[1] != request[1]:
        return None
    asked = packet[:4] + request[4:20] + packet[20:]
    if hashlib.md5(asked + secret, usedforsecurity=False).digest() != packet[4:20]:
        return None
    attributes, position = [], 20
    while position < len(packet):
        kind, length = packet[position], packet[position + 1]
        if kind == MESSAGE_AUTHENTICATOR:
            asked = asked[: position + 2] + bytes(16) + asked[position + length :]
        attributes.append((kind, packet[position + 2 : position + length]))
        position += length
    answer = Answer(packet[0], attributes)
    given = answer.get(MESSAGE_AUTHENTICATOR)
    if packet[0] != ACCOUNTING_RESPONSE and given != hmac.new(secret, asked, "md5").digest():
        return None
    return answer
