"""Which URLs an endpoint may have. Names are checked whenever something is sent, not here."""

import re
import socket
from urllib.parse import urlsplit

from django.conf import settings

from wificore.kernel.network import AddressRefused, Unreachable, checked_addresses

from .models import MAX_URL

HARMLESS = re.compile(r"[!-~]+")
LOCAL = "localhost"


def url_mistake(url: object) -> str:
    """What is wrong with it, in words; empty if it is right. Asks no name server."""
    if not isinstance(url, str) or len(url) > MAX_URL or not HARMLESS.fullmatch(url):
        return f"Give a URL of at most {MAX_URL} ASCII characters: https://example.com/hooks"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not a URL: https://example.com/hooks"
    if parts.scheme not in ("https", "http") or not host:
        return "Give a URL that begins with https:// and a host."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Leave out name, password and fragment: what is sent is signed, not signed in."
    return _refused(host, port or 443, parts.scheme)


def _refused(host: str, port: int, scheme: str) -> str:
    """What `kernel.network` says of an address that is written as such."""
    if not (_is_literal(host, port) or host == LOCAL):
        return "" if scheme == "https" else "Use https: what is sent shall not be read on its way."
    networks = settings.OUTBOUND_PRIVATE_NETWORKS
    try:
        checked_addresses(host, port, encrypted=scheme == "https", networks=networks)
    except (AddressRefused, Unreachable) as error:
        return str(error)
    return ""


def _is_literal(host: str, port: int) -> bool:
    """An address in any notation: 127.0.0.1, 2130706433, 0x7f000001."""
    try:
        socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return True
