"""Settings of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

# As Safaricom publishes them for Daraja's callbacks.
SAFARICOM = (
    "196.201.212.69,196.201.212.74,196.201.212.127,196.201.212.129,196.201.212.136,"
    "196.201.212.138,196.201.213.44,196.201.213.114,196.201.214.200,196.201.214.206,"
    "196.201.214.207,196.201.214.208"
)


@dataclass(frozen=True, slots=True)
class PaymentsConf:
    """What the installation decides.

    Attributes:
        callback_networks: where M-Pesa's callbacks may come from, besides having the secret.
        strangers_per_minute: messages without the secret that are kept, of one address.
    """

    callback_networks: Sequence[IPv4Network | IPv6Network]
    strangers_per_minute: int = 60
