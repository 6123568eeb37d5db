"""How many tries one address may make in a minute, whatever the accounts: passwords are costly.

Apart from the lock-out, which is what protects an account. Without Redis nothing is counted and
everybody may sign in.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from wificore.kernel.addresses import client_address

from .lockout import conf

MINUTE_S = 60
# One customer of a provider has at least that much of IPv6.
IPV6_PREFIX = 64


def too_many(request: HttpRequest | None) -> bool:
    """Count a try of the request's address; whether it is one too many."""
    if request is None:
        return False
    key = f"signin:{_source(request)}:{int(time.time() // MINUTE_S)}"
    cache.add(key, 0, 2 * MINUTE_S)
    try:
        count: int = cache.incr(key) or 0
    except ValueError:  # Redis lost it in between
        return False
    return count > conf().per_minute


def _source(request: HttpRequest) -> str:
    text = client_address(request)
    if text and isinstance(ip_address(text), IPv6Address):
        return str(ip_network(f"{text}/{IPV6_PREFIX}", strict=False).network_address)
    return text or "socket"
