"""What a tenant may make our servers connect to (SSRF).

An address that a tenant gave (a webhook's endpoint, a sign-in provider) must lie in the public
internet, or in a private network that the operator listed; the connection must be encrypted, but
to such a network's loopback addresses, which is what development and the tests use.

A name is resolved once, all its addresses are checked, and the connection goes to a checked
address: a name server that gives another answer the second time (DNS rebinding) is not asked again.
HTTP on top of this: `kernel.outbound`.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80, "ldaps": 636, "ldap": 389}
MOST_ADDRESSES = 3

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

# RFC 6052: an IPv4 address in the last 32 bits.
NAT64 = ip_network("64:ff9b::/96")
# A public address that tells a machine about itself (Azure's); others' are private anyway.
METADATA = frozenset({ip_address("168.63.129.16")})


class AddressRefused(Exception):
    """We do not connect there; the message may be shown to the tenant."""


class Unreachable(Exception):
    """No answer, or not one of this protocol; the message may be shown to the tenant."""


def allowed_addresses(url: str, *, encrypted: bool, networks: Networks) -> list[Address]:
    """The addresses of the URL's host, if tenants may use all of them.

    Args:
        networks: private networks in which they may.

    Raises:
        AddressRefused: one is private, or the connection would not be encrypted.
        Unreachable: the name has no address.
    """
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    return checked_addresses(parts.hostname or "", port, encrypted=encrypted, networks=networks)


def checked_addresses(
    host: str, port: int, *, encrypted: bool, networks: Networks
) -> list[Address]:
    """Like `allowed_addresses`."""
    addresses = _addresses(host, port)
    for address in addresses:
        inner = _inner(address)
        permitted = any(inner in network for network in networks)
        if not permitted and not _is_public(inner):
            raise AddressRefused(f"{host} is not an address of the public internet.")
        if not encrypted and not (permitted and inner.is_loopback):
            raise AddressRefused(f"The connection to {host} would not be encrypted: use TLS.")
    return addresses


def connect_to(addresses: Sequence[Address], port: int, timeout: float) -> socket.socket:
    """A connection to the first of these addresses that takes one; no name is resolved.

    Args:
        timeout: seconds for each address, and then the socket's own.

    Raises:
        OSError: none of the first `MOST_ADDRESSES` does.
    """
    failure: OSError = OSError("no address")
    for address in addresses[:MOST_ADDRESSES]:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(timeout)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.connect((str(address), port))
            return line
        except OSError as error:
            line.close()
            failure = error
    raise failure


def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"{host} has no address.") from None
    texts = (str(entry[4][0]).partition("%")[0] for entry in found)
    return list(dict.fromkeys(_plain(ip_address(text)) for text in texts))


def _plain(address: Address) -> Address:
    """::ffff:10.0.0.1 is 10.0.0.1."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _inner(address: Address) -> Address:
    """The IPv4 address to which an IPv6 address leads through a gateway: 64:ff9b::10.0.0.1."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or address


def _is_public(address: Address) -> bool:
    special = address.is_multicast or address.is_reserved or address in METADATA
    # Deprecated (RFC 3879), and global to Python.
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not special and not site_local
