"""The connection to a directory, made by Python and handed to libldap.

Debian's libldap (2.5 with GnuTLS) turns for ever at full speed in the TLS handshake with a server
that says nothing, whatever its timeouts say (seen with 2.5.13): one tenant's server would take a
processor from all. So Python connects, to an address that was checked, and speaks TLS with
deadlines; libldap speaks LDAP with our end of a pair of sockets, and a thread carries the octets:

    libldap -- plain -- pair of sockets -- carry() -- TLS -- the directory
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import urlsplit

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc2251

from wificore.kernel.network import PORTS, Unreachable, connect_to

from ..config import LdapConfig
from ..network import CONNECT_S, allowed_addresses

# A sign-in takes a few round trips; whoever is slower is cut off.
WHOLE_S = 15
CHUNK = 16 * 1024
# RFC 4511 4.14: LDAPMessage 1, ExtendedRequest 1.3.6.1.4.1.1466.20037.
START_TLS = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"
MAX_ANSWER = 4096


@contextmanager
def connected(config: LdapConfig) -> Iterator[socket.socket]:
    """A socket for libldap to speak plain LDAP on; all is closed after the block.

    Raises:
        AddressRefused, Unreachable: the message says why.
    """
    with ExitStack() as closing:
        try:
            line = closing.enter_context(_reach(config))
            if config.start_tls:
                _start_tls(line)
            if config.encrypted:
                line = closing.enter_context(_encrypt(line, config))
        except (OSError, PyAsn1Error) as error:  # also ssl's errors and time-outs
            raise Unreachable(f"{config.server}: {_text(error)}") from None
        ours, theirs = socket.socketpair()
        carrier = threading.Thread(target=_carry, args=(theirs, line), daemon=True)
        carrier.start()
        # It ends when our end is closed, by libldap or here.
        closing.callback(carrier.join)
        closing.enter_context(ours)
        yield ours


def _reach(config: LdapConfig) -> socket.socket:
    parts = urlsplit(config.server)
    port = parts.port or PORTS[parts.scheme]
    addresses = allowed_addresses(config.server, encrypted=config.encrypted)
    return connect_to(addresses, port, CONNECT_S)


def _start_tls(line: socket.socket) -> None:
    line.sendall(START_TLS)
    message, _ = decoder.decode(_one_message(line), asn1Spec=rfc2251.LDAPMessage())
    code = int(message["protocolOp"]["extendedResp"]["resultCode"])
    if code != 0:
        raise ConnectionRefusedError(f"StartTLS was refused with code {code}")


def _one_message(line: socket.socket) -> bytes:
    """Exactly one BER element: what follows it belongs to TLS."""
    until = time.monotonic() + CONNECT_S
    head = _exactly(line, 2, until)
    length = head[1]
    if length & 0x80:  # the long form: so many octets of length follow
        head += _exactly(line, length & 0x7F, until)
        length = int.from_bytes(head[2:], "big")
    message = head + _exactly(line, length, until)
    line.settimeout(CONNECT_S)
    return message


def _exactly(line: socket.socket, count: int, until: float) -> bytes:
    if count > MAX_ANSWER:
        raise ConnectionError("this is not an LDAP server")
    found = b""
    while len(found) < count:
        line.settimeout(max(until - time.monotonic(), 0.001))
        part = line.recv(count - len(found))
        if not part:
            raise ConnectionError("the server closed the connection")
        found += part
    return found


def _encrypt(line: socket.socket, config: LdapConfig) -> ssl.SSLSocket:
    context = ssl.create_default_context(cadata=config.ca_certificates or None)
    return context.wrap_socket(line, server_hostname=urlsplit(config.server).hostname)


def _carry(inside: socket.socket, outside: socket.socket) -> None:
    """Octets in both directions until one side closes or the time is over."""
    until = time.monotonic() + WHOLE_S
    with inside, outside, DefaultSelector() as ready:
        ready.register(inside, EVENT_READ, outside)
        ready.register(outside, EVENT_READ, inside)
        try:
            while (left := until - time.monotonic()) > 0:
                for key, _ in ready.select(left):
                    if not _carry_some(key.fileobj, key.data):  # type: ignore[arg-type]
                        return
        except OSError:
            return


def _carry_some(source: socket.socket, target: socket.socket) -> bool:
    part = source.recv(CHUNK)
    # TLS may hold more than it was asked for, which no selector sees.
    while isinstance(source, ssl.SSLSocket) and (more := source.pending()):
        part += source.recv(more)
    target.sendall(part)
    return bool(part)


def _text(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
