"""Where a request comes from: the one answer for audit, throttles, tokens and sign-in.

`X-Forwarded-For` counts only as far as proxies of ours wrote it (setting TRUSTED_PROXIES): it is
read from its right end, and the first address that is not such a proxy is the client's.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from .env import EnvError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_networks(items: Iterable[str]) -> tuple[Network, ...]:
    """Networks of TRUSTED_PROXIES.

    Raises:
        EnvError: an item is neither an address nor a network.
    """
    try:
        return tuple(ip_network(item) for item in items)
    except ValueError as error:
        raise EnvError(f"TRUSTED_PROXIES: {error}; write for example 10.0.0.0/8,::1") from None


def client_address(request: HttpRequest) -> str | None:
    """The client's address, None if there is none (a Unix socket without a proxy)."""
    nearest = _parsed(request.META.get("REMOTE_ADDR", ""))
    if nearest is None or not _is_ours(nearest):
        return str(nearest) if nearest else None
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        further = _parsed(text)
        if further is None:
            break  # not an address: what is left of it is hearsay
        nearest = further
        if not _is_ours(nearest):
            break
    return str(nearest)


def _is_ours(address: Address) -> bool:
    networks: tuple[Network, ...] = settings.TRUSTED_PROXIES
    return any(address in network for network in networks)


def _parsed(text: str) -> Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
