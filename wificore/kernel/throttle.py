"""How often something may be done in a while: counted in the cache, per schema.

Without Redis nothing is counted: this keeps floods away, and is no guard of secrets.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from .addresses import client_address

# One customer of a provider has at least that much of IPv6.
IPV6_PREFIX = 64


def too_many(name: str, source: str, *, most: int, seconds: int) -> bool:
    """Count one; whether it is more than `most` since the last full `seconds` of the clock."""
    key = f"throttle:{name}:{source}:{int(time.time() // seconds)}"
    cache.add(key, 0, 2 * seconds)
    try:
        count: int = cache.incr(key) or 0
    except ValueError:  # Redis lost it in between
        return False
    return count > most


def source_of(request: HttpRequest) -> str:
    """The client's address; of IPv6, its network."""
    text = client_address(request)
    if text and isinstance(ip_address(text), IPv6Address):
        return str(ip_network(f"{text}/{IPV6_PREFIX}", strict=False).network_address)
    return text or "socket"
