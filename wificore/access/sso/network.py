"""What a tenant may make our servers connect to (SSRF).

A provider's address is a tenant's input. It must lie in the public internet, or in one of the
operator's SSO_PRIVATE_NETWORKS (a directory behind a VPN); the connection must be encrypted,
but to such a network's loopback addresses, which is what development and the tests use.
A name is resolved just before it is used. Who changes it in between still needs a certificate
for that name.
"""

import socket
import time
from contextlib import closing
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

PORTS = {"https": 443, "http": 80, "ldaps": 636, "ldap": 389}
CONNECT_S = 3
ANSWER_S = 5
WHOLE_ANSWER_S = 10
MAX_OCTETS = 512 * 1024
CHUNK = 16 * 1024

Address = IPv4Address | IPv6Address


class AddressRefused(Exception):
    """We do not connect there; the message may be shown to the tenant."""


class ProviderUnreachable(Exception):
    """No answer, or not one of this protocol; the message may be shown to the tenant."""


def allowed_addresses(url: str, *, encrypted: bool) -> list[Address]:
    """The addresses of the URL's host, if tenants may use all of them.

    Raises:
        AddressRefused: it is private, or the connection would not be encrypted.
        ProviderUnreachable: the name has no address.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    addresses = _addresses(host, parts.port or PORTS[parts.scheme])
    for address in addresses:
        private = not address.is_global or address.is_multicast
        permitted = any(address in network for network in settings.SSO_PRIVATE_NETWORKS)
        if private and not permitted:
            raise AddressRefused(f"{host} is not an address of the public internet.")
        if not encrypted and not (permitted and address.is_loopback):
            raise AddressRefused(f"The connection to {host} would not be encrypted: use TLS.")
    return addresses


def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ProviderUnreachable(f"{host} has no address.") from None
    texts = (str(entry[4][0]).partition("%")[0] for entry in found)
    return list(dict.fromkeys(_plain(ip_address(text)) for text in texts))


def _plain(address: Address) -> Address:
    """::ffff:10.0.0.1 is 10.0.0.1."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class GuardedAdapter(HTTPAdapter):
    """Checks every request's address, redirections' too, and bounds an answer's size."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        url = request.url or ""
        try:
            allowed_addresses(url, encrypted=url.lower().startswith("https:"))
        except (AddressRefused, ProviderUnreachable) as error:
            raise requests.ConnectionError(str(error)) from None
        answer = super().send(request, **{**options, "stream": True})
        answer._content = _content(answer)  # what `stream=False` would have read, without bounds
        answer._content_consumed = True
        return answer


def _content(answer: requests.Response) -> bytes:
    """The body; too much or too slow is an error, for a tenant shares our threads with others."""
    content, until = b"", time.monotonic() + WHOLE_ANSWER_S
    with closing(answer):
        while part := answer.raw.read1(CHUNK, decode_content=True):
            content += part
            if len(content) > MAX_OCTETS or time.monotonic() > until:
                raise requests.ConnectionError("The answer is too large or comes too slowly.")
    return content


def guarded_session() -> requests.Session:
    """For everything that is fetched from a tenant's provider."""
    session = requests.Session()
    session.trust_env = False  # no proxy that would connect where we must not
    session.mount("https://", GuardedAdapter())
    session.mount("http://", GuardedAdapter())
    session.max_redirects = 0  # no client secret goes on to a third party
    timeout = (CONNECT_S, ANSWER_S)
    session.request = partial(session.request, timeout=timeout)  # type: ignore[method-assign]
    return session
