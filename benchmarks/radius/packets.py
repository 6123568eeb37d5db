"""Packets made before the clock starts, from RFC 2865 and 2866 alone."""

import hashlib
import itertools
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

SECRET = b"benchmark"
PASSWORD = b"correct-horse"
ACCESS_REQUEST, ACCESS_ACCEPT, ACCOUNTING_REQUEST, ACCOUNTING_RESPONSE = 1, 2, 4, 5
START, STOP, INTERIM = 1, 2, 3
ACCOUNTS = 200
# Sessions whose Starts are sent before their first interim: far more than are under way at once,
# so that no packet overtakes another of its session.
WAVE = 1000

Attributes = list[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Packet:
    """Octets, and which router sends them."""

    router: int
    identifier: int
    octets: bytes


def router_address(tenant: int) -> str:
    """A loopback address for each tenant's one router."""
    return f"127.77.{tenant // 200}.{tenant % 200 + 1}"


def username(tenant: int, account: int) -> str:
    return f"t{tenant}u{account}"


def logins(tenants: int) -> Iterator[Packet]:
    """PAP, every one with an authenticator of its own: no repeat for the server."""
    for number in itertools.count():
        tenant, turn = number % tenants, number // tenants
        authenticator = os.urandom(16)
        attributes = [
            *_common(tenant, turn % ACCOUNTS),
            (2, _hidden(PASSWORD, authenticator)),
            (6, _integer(2)),
            *_stations(turn % ACCOUNTS),
        ]
        yield _packet(ACCESS_REQUEST, tenant, turn % 256, authenticator, attributes)


def accounting(tenants: int, run: int) -> Iterator[Packet]:
    """Waves of sessions: all their Starts, all their interims, all their Stops.

    Args:
        run: makes devices and session ids new; else ours ends the sessions that the run before
            left open, because their devices begin others.
    """
    turns = [0] * tenants
    for wave in itertools.count():
        for status in (START, INTERIM, STOP):
            for session in range(WAVE):
                tenant = session % tenants
                identifier, turns[tenant] = turns[tenant] % 256, turns[tenant] + 1
                attributes = _session(tenant, f"{run:x}-{wave}-{session}", session, status)
                attributes += _stations(run % 65536 * 65536 + session)
                yield _packet(ACCOUNTING_REQUEST, tenant, identifier, None, attributes)


def sessions_sent(packets: int) -> tuple[int, int]:
    """Of the first packets of `accounting`: (sessions, of which stopped)."""
    waves, rest = divmod(packets, 3 * WAVE)
    return waves * WAVE + min(rest, WAVE), waves * WAVE + max(0, rest - 2 * WAVE)


def _session(tenant: int, session_id: str, number: int, status: int) -> Attributes:
    attributes = [
        *_common(tenant, number % ACCOUNTS),
        (40, _integer(status)),
        (44, session_id.encode()),
        (8, _integer(0x0A000000 + number)),
        (45, _integer(1)),
    ]
    if status != START:
        attributes += [(46, _integer(300)), (42, _integer(123_456)), (43, _integer(7_654_321))]
    if status == STOP:
        attributes.append((49, _integer(1)))
    return attributes


def _common(tenant: int, account: int) -> Attributes:
    return [
        (1, username(tenant, account).encode()),
        (4, IPv4Address(router_address(tenant)).packed),
        (32, f"router-{tenant}".encode()),
        (5, _integer(account)),
        (61, _integer(19)),
    ]


def _stations(device: int) -> Attributes:
    mac = "-".join(f"{octet:02X}" for octet in (2, 0, *device.to_bytes(4, "big")))
    return [(31, mac.encode()), (30, b"06-00-00-00-00-01:hotspot")]


def _packet(
    code: int, router: int, identifier: int, authenticator: bytes | None, attributes: Attributes
) -> Packet:
    body = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)
    head = struct.pack("!BBH", code, identifier, 20 + len(body))
    if authenticator is None:
        authenticator = hashlib.md5(head + bytes(16) + body + SECRET).digest()
    return Packet(router, identifier, head + authenticator + body)


def _hidden(password: bytes, authenticator: bytes) -> bytes:
    """RFC 2865 section 5.2, for one block."""
    mask = hashlib.md5(SECRET + authenticator).digest()
    return bytes(a ^ b for a, b in zip(password.ljust(16, b"\0"), mask, strict=True))


def _integer(value: int) -> bytes:
    return struct.pack("!I", value)
