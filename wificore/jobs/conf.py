"""How patient jobs are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobsConf:
    """Times in seconds.

    Attributes:
        lease_s: a worker that says nothing for this long has lost its job to another one.
    """

    lease_s: int

    @property
    def heartbeat_s(self) -> float:
        """Three beats may be lost before the lease is."""
        return self.lease_s / 4
