"""Who takes part in a simulation: tenants with their routers and subscribers.

The simulator sees its world only through these plain values, so that tests can make them up
and `provision` can take them from a tenant's services.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Router:
    """A NAS: its source address is its identity (RADIUS 6), the rest is vendor habit.

    `stamps`: sends Event-Timestamp; otherwise the server must reckon with Acct-Delay-Time.
    `mac_style`: index into `packets.MAC_STYLES`, as vendors write Calling-Station-Id differently.
    """

    tenant: str
    address: str
    secret: bytes
    stamps: bool = True
    mac_style: int = 0


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A username with the password its own tenant knows."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Party:
    """One tenant's participants."""

    tenant: str
    routers: tuple[Router, ...]
    subscribers: tuple[Subscriber, ...]


class Participants(Protocol):
    """Where the parties come from."""

    def gather(self, tenants: Sequence[str], subscribers: int) -> list[Party]:
        """Return one party a tenant, each with `subscribers` subscribers, made where missing."""


def is_loopback(host: str) -> bool:
    """Whether `host` is a literal IPv4 loopback address: nothing is ever sent to another one."""
    try:
        return IPv4Address(host).is_loopback
    except ValueError:
        return False
