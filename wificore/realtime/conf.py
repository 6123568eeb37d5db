"""Where the process `realtime` listens, and how patient it is."""

from dataclasses import dataclass

from wificore.realtime import limits


@dataclass(frozen=True, slots=True)
class RealtimeConf:
    """Times in seconds.

    Attributes:
        lease_s: a process that says nothing for this long is gone, and its members with it.
        activity_s: a socket that says nothing for this long is pinged.
        pong_s: and closed when it says nothing for this long after that.
    """

    host: str
    port: int
    lease_s: float = 6.0
    activity_s: float = limits.ACTIVITY_TIMEOUT
    pong_s: float = limits.PONG_TIMEOUT

    @property
    def beat_s(self) -> float:
        """Three beats may be lost before the lease is."""
        return self.lease_s / 4
