"""The shape of a simulated day: rates, shares and the numbers of one session."""

from dataclasses import dataclass
from random import Random

GIGAWORD = 2**32
CAUSES = ("User-Request", "Lost-Carrier", "Idle-Timeout", "Session-Timeout")


@dataclass(frozen=True, slots=True)
class Shape:
    """Rates in 1/s, lengths in seconds, the rest shares between 0 and 1."""

    rate: float = 1.0
    session_mean: float = 300.0
    interim: int = 60
    reboot_every: float = 0.0  # mean seconds between two reboots of any router; 0 = never
    wrong: float = 0.06
    foreign: float = 0.03
    unknown: float = 0.03
    chap: float = 0.4
    roam: float = 0.15
    silent: float = 0.5  # of the roaming devices: the old router never sends its Stop
    start_lost: float = 0.02
    giant: float = 0.02  # sessions whose counters pass 2^32 (RFC 2869 gigawords)
    doubled: float = 0.02
    repeated: float = 0.03


def shape_for(rate: float, duration: float | None, subscribers: int) -> Shape:
    """Return a shape in which sessions come and go within `duration` seconds (None = for ever).

    `subscribers` is their number over all tenants: sessions are kept so short that well over a
    third of them are offline, else every login would be a roaming one.
    """
    room = 0.6 * subscribers / rate
    if duration is None:
        return Shape(rate=rate, session_mean=max(4.0, min(300.0, room)), interim=15)
    mean = max(4.0, min(duration / 4, 600.0, room))
    interim = int(max(2, min(60, mean / 3)))
    return Shape(rate=rate, session_mean=mean, interim=interim, reboot_every=max(5.0, duration / 6))


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What will happen in one session, were nothing to disturb it."""

    seconds: int
    up: int  # octets a second
    down: int
    head_start: int  # octets both counters jump by in the first second
    start_lost: bool
    cause: str

    def octets(self, seconds: int) -> tuple[int, int]:
        """Return (from, to) the subscriber after `seconds`; never shrinking."""
        extra = self.head_start if seconds > 0 else 0
        return extra + self.up * seconds, extra + self.down * seconds


def session_plan(shape: Shape, rng: Random) -> SessionPlan:
    """Draw a session."""
    seconds = max(2, round(rng.expovariate(1 / shape.session_mean)))
    head_start = GIGAWORD * rng.randint(1, 3) if rng.random() < shape.giant else 0
    return SessionPlan(
        seconds=seconds,
        up=rng.randint(1_000, 500_000),
        down=rng.randint(10_000, 5_000_000),
        head_start=head_start,
        start_lost=rng.random() < shape.start_lost,
        cause=rng.choice(CAUSES),
    )
