"""Where tenants' sign-in providers may be: `kernel.network` with SSO_PRIVATE_NETWORKS.

An answer's limits are an OpenID provider's: its discovery document and keys are small.
"""

import requests
from django.conf import settings

from wificore.kernel import network, outbound

CONNECT_S = 3
ANSWER_S = 5
LIMITS = outbound.Limits(connect_s=CONNECT_S, answer_s=ANSWER_S, whole_s=10)


def allowed_addresses(url: str, *, encrypted: bool) -> list[network.Address]:
    """The addresses of a provider's host; raises like `kernel.network`."""
    networks = settings.SSO_PRIVATE_NETWORKS
    return network.allowed_addresses(url, encrypted=encrypted, networks=networks)


def guarded_session() -> requests.Session:
    """For everything that is fetched from a tenant's provider."""
    return outbound.guarded_session(settings.SSO_PRIVATE_NETWORKS, LIMITS)
