"""The registry of routers -> one FreeRADIUS client file per address.

FreeRADIUS looks for a file named after a packet's source address (deploy/freeradius/clients.conf).
A file that appears works at once; one that changes or vanishes counts when the client's lifetime
is over.
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Protocol

from radius.freeradius.files import write_private

MODE = 0o640
SCHEMA = re.compile(r"ts_[a-z0-9_]{1,40}")
# FreeRADIUS keeps a backslash in a quoted string as it is, except before a quote, where it drops
# it: not every secret with a backslash can be written down. So none may have one.
SECRET = re.compile(r"[ -\[\]-~]{1,128}")
SECRET_RULE = "a secret is 1 to 128 printable ASCII characters without a backslash"


class Router(Protocol):
    """A row of the registry (`radius.registry.selectors.RouterClient`)."""

    @property
    def address(self) -> str: ...
    @property
    def tenant(self) -> str: ...
    @property
    def shortname(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def require_message_authenticator(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What one `sync` did: file names, and "address: reason" of routers it could not write."""

    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.deleted or self.refused)


def file_name(address: str) -> str:
    """The address as the operating system writes it, which is what FreeRADIUS compares with.

    Raises:
        ValueError: not one IPv4 or IPv6 address.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    return socket.inet_ntop(family, parsed.packed)


def render_client(router: Router) -> str:
    """The router's client file.

    Raises:
        ValueError: the address, schema or secret cannot be written; the message holds no secret.
    """
    address = file_name(router.address)
    option = "ipv6addr" if ":" in address else "ipaddr"
    if not SCHEMA.fullmatch(router.tenant):
        raise ValueError(f"{router.tenant!r} is not a tenant's schema")
    if not SECRET.fullmatch(router.secret):
        raise ValueError(SECRET_RULE)
    return (
        f"client {address} {{\n"
        f"\t{option} = {address}\n"
        f"\tsecret = {_quoted(router.secret)}\n"
        f"\tshortname = {_quoted(_log_name(router.shortname) or address)}\n"
        f"\trequire_message_authenticator = {_boolean(router.require_message_authenticator)}\n"
        f"\tTenant-Id = {router.tenant}\n"
        "}\n"
    )


def sync(directory: Path, routers: Iterable[Router]) -> Changes:
    """Make the directory hold exactly these routers; files that are right already are not touched.

    Each file appears whole, by rename, 0640. A router that cannot be written loses its file: an old
    secret must not live on because the new one is unusable.
    """
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    wanted, refused = _render_all(routers)
    present = {path.name for path in directory.iterdir() if path.is_file()}
    changed = [name for name, text in wanted.items() if _read(directory / name) != text]
    vanished = sorted(present - wanted.keys())
    for name in changed:
        write_private(directory / name, wanted[name], MODE)
    for name in vanished:
        (directory / name).unlink(missing_ok=True)
    return Changes(tuple(changed), tuple(vanished), tuple(refused))


def _render_all(routers: Iterable[Router]) -> tuple[dict[str, str], list[str]]:
    wanted: dict[str, str] = {}
    refused: list[str] = []
    for router in routers:
        try:
            wanted[file_name(router.address)] = render_client(router)
        except ValueError as error:
            refused.append(f"{router.address}: {error}")
    return wanted, refused


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _quoted(text: str) -> str:
    """In single quotes, in which FreeRADIUS expands neither ${..} nor %{..}."""
    return "'" + text.replace("'", r"\'") + "'"


def _log_name(name: str) -> str:
    """What remains of a router's name in FreeRADIUS' log."""
    return re.sub(r"[^A-Za-z0-9._:-]+", "_", name)[:64]


def _boolean(value: bool) -> str:
    return "yes" if value else "no"
