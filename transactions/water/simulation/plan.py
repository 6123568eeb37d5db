"""What each kiosk lives through: all of it from the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

# Of each kiosk; nobody else spends from them.
WALLETS = 2


class Twist(StrEnum):
    """How one dispense goes."""

    PLAIN = "plain"
    PARTIAL = "partial"  # the power went, or the water
    ABORTED = "aborted"  # before the first drop
    OVER = "over"  # the valve closed late: more than was allowed
    WORN = "worn"  # its hold had been used before
    STAFF = "staff"  # a technician's test
    CHANGED = "changed"  # told again with other litres: a conflict
    HUGE = "huge"  # more than a tap can give
    TYPED = "typed"  # a field of a wrong type
    VERSION = "version"  # a price that the tariff never had
    STRANGER = "stranger"  # another kiosk's hold
    UNKNOWN = "unknown"  # a hold that nobody has
    LOST = "lost"  # the record is gone: a gap


class Clock(StrEnum):
    """What the kiosk's clock does in a spell."""

    GOOD = "good"
    UNSET = "unset"
    YEAR_1970 = "1970"
    FUTURE = "future"  # five years ahead, and sure of it
    BACKWARDS = "backwards"  # falls back by hours on the way
    HOLDOVER = "holdover"
    RECOVERED = "recovered"  # unset, then synced: its neighbours tell when it was


class Manner(StrEnum):
    """How a batch is sent, besides rightly."""

    ONCE = "once"
    DOUBLED = "doubled"  # twice at the same time
    REPEATED = "repeated"  # again, signed anew
    REPLAYED = "replayed"  # the same bytes again, overheard
    FORGED = "forged"  # by somebody without the key first
    STALE = "stale"  # with a time that has passed first
    SPLIT = "split"  # as two batches, the later half first


TWISTS = {Twist.PLAIN: 60, Twist.PARTIAL: 5, Twist.ABORTED: 5, Twist.STAFF: 5}
ODD = {Twist.CHANGED: 2, Twist.HUGE: 1, Twist.TYPED: 1, Twist.LOST: 2}
OFFLINE = {**TWISTS, **ODD, Twist.VERSION: 1}
LIVE = {**TWISTS, **ODD, Twist.OVER: 5, Twist.WORN: 3, Twist.STRANGER: 2, Twist.UNKNOWN: 1}
UNSURE = (Clock.UNSET, Clock.YEAR_1970, Clock.FUTURE, Clock.HOLDOVER)
HOURS = (0.2, 75.0)


@dataclass(frozen=True, slots=True)
class Pour:
    """One dispense.

    Attributes:
        age: seconds before the end of the spell's offline part.
        wallet: 0 or 1, of the kiosk's own.
    """

    age: float
    wallet: int
    ml: int
    twist: Twist


@dataclass(frozen=True, slots=True)
class Spell:
    """Some time without the network, then some with it; counters begin anew.

    Attributes:
        at: seconds after the run's beginning.
        lease: what each wallet lends the kiosk, in micro-units.
        recalled: the lease ends before its spending is told.
        batch: at most so many records in one.
    """

    number: int
    at: float
    tenant: str
    kiosk: int
    hours: float
    clock: Clock
    lease: int
    recalled: bool
    shuffled: bool
    batch: int
    offline: tuple[Pour, ...]
    live: tuple[Pour, ...]
    manners: tuple[Manner, ...]


def plan(
    *, seed: int, tenants: Sequence[str], kiosks: int, rate: float, duration: float, spell: int
) -> list[Spell]:
    """`rate` dispenses a second, over all kiosks of all tenants.

    Args:
        spell: dispenses without the network in one spell, about; a third as many follow with it.
    """
    rng = Random(f"{seed}/kiosks")
    places = [(tenant, kiosk) for tenant in tenants for kiosk in range(kiosks)]
    count = max(len(places), round(rate * duration / (spell * 4 / 3)))
    return [
        _spell(rng, number, number * duration / count, *places[number % len(places)], spell)
        for number in range(count)
    ]


def _spell(rng: Random, number: int, at: float, tenant: str, kiosk: int, size: int) -> Spell:
    hours = rng.uniform(*HOURS) ** rng.choice((0.5, 1.0))
    clocks = list(Clock)
    clock = clocks[number % len(clocks)]
    shares = OFFLINE if clock in UNSURE else {**OFFLINE, Twist.VERSION: 0}
    ages = sorted((rng.uniform(90, hours * 3600) for _ in range(_about(rng, size))), reverse=True)
    return Spell(
        number=number,
        at=at,
        tenant=tenant,
        kiosk=kiosk,
        hours=hours,
        clock=clock,
        lease=rng.randrange(2, 9) * max(1, size // 12) * 500_000,
        recalled=rng.random() < 0.2,
        shuffled=rng.random() < 0.3,
        batch=rng.choice((5, 20, 100)),
        offline=tuple(_pour(rng, age, shares) for age in ages),
        live=tuple(_pour(rng, 0, LIVE) for _ in range(_about(rng, max(1, size // 3)))),
        manners=tuple(rng.choice(list(Manner)) for _ in range(8)),
    )


def _about(rng: Random, size: int) -> int:
    return max(1, round(size * rng.uniform(0.6, 1.4)))


def _pour(rng: Random, age: float, shares: dict[Twist, int]) -> Pour:
    twist = rng.choices(list(shares), list(shares.values()))[0]
    ml = rng.choice((5_000, 10_000, 20_000, 20_000, 40_000)) - rng.randrange(400)
    return Pour(age, rng.randrange(WALLETS), ml, twist)
