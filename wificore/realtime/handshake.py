"""Who may open a socket: the app's key in the path, Host and Origin. Pure.

Host     an address, `localhost` or the platform's host serves any app; any other must be one of the
         app's tenant
Origin   none (programs) is fine; one that is there must be the tenant's own or listed for the app
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wificore.realtime import frames
from wificore.realtime.registry import App

PATH = re.compile(r"/app/([^/]+)/?")
PROTOCOLS = ("5", "6", "7")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a socket is closed, in the protocol's codes."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a handshake says."""

    key: str
    protocol: str | None
    hosts: tuple[str, ...]
    origins: tuple[str, ...]


def read(scope: dict[str, Any]) -> Asked | None:
    """The handshake of an ASGI scope; None if the path names no app."""
    path = PATH.fullmatch(scope["path"])
    if path is None:
        return None
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return Asked(
        key=path[1],
        protocol=query.get("protocol", [None])[-1],
        hosts=_headers(scope, b"host"),
        origins=_headers(scope, b"origin"),
    )


def _headers(scope: dict[str, Any], name: bytes) -> tuple[str, ...]:
    return tuple(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def refusal(asked: Asked, app: App | None, platform_host: str) -> Refusal | None:
    """None if the socket may stay."""
    if asked.protocol is not None and asked.protocol not in PROTOCOLS:
        return Refusal(frames.BAD_PROTOCOL, "Unsupported protocol version: use 7")
    if app is None:
        return Refusal(frames.UNKNOWN_APP, "There is no app with this key")
    if not host_serves(app, asked.hosts, platform_host):
        return Refusal(frames.UNAUTHORISED, "The app does not belong to this host")
    if not all(origin_allowed(app, origin) for origin in asked.origins):
        return Refusal(frames.UNAUTHORISED, "Origin not allowed: list it for the app")
    if not app.open:
        return Refusal(frames.APP_DISABLED, "The app is disabled")
    return None


def host_serves(app: App, hosts: tuple[str, ...], platform_host: str) -> bool:
    """Whether the Host header (there must be one, and one only) may be asked for this app."""
    if len(hosts) != 1:
        return False
    host = host_name(hosts[0])
    return host in app.hosts or host in ("localhost", platform_host) or is_address(host)


def host_name(host: str) -> str:
    """Without port, case and trailing dot; an IPv6 address keeps its brackets."""
    name = host.strip().lower()
    name = name[: name.find("]") + 1] if name.startswith("[") else name.split(":", 1)[0]
    return name.removesuffix(".")


def is_address(host: str) -> bool:
    """Whether it is a literal address, IPv6 in brackets."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ip_address(bare).version == (4 if bare == host else 6)
    except ValueError:
        return False


def origin_allowed(app: App, origin: str) -> bool:
    """Whether a page of this origin may connect."""
    if _plain(origin) in {_plain(listed) for listed in app.allowed_origins}:
        return True
    try:
        parts = urlsplit(origin.strip().lower())
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and host in app.hosts


def _plain(origin: str) -> str:
    return origin.strip().lower().rstrip("/")
