"""How patient webhooks are, and what bounds them."""

from dataclasses import dataclass
from datetime import timedelta

# Tries, by the time after each failed one: about a day in all (with up to a fifth more by chance).
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=6),
    timedelta(hours=10),
)
JITTER = 0.2
# A rotated secret goes on signing for as long, unless the caller says otherwise.
OVERLAP = timedelta(hours=24)
MAX_ENDPOINTS = 20
KEEP_DAYS = 30


@dataclass(frozen=True, slots=True)
class WebhooksConf:
    """Times in the unit that their name ends with.

    Attributes:
        lease_s: a runner that says nothing for this long has lost its endpoints to another one.
        disable_after_days: an endpoint that only failed for this long is disabled.
    """

    lease_s: int
    disable_after_days: int
