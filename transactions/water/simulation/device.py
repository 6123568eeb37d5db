"""A kiosk's own memory: counters that only grow, a clock that may be wrong, what it keeps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from .plan import Clock, Pour, Twist

Record = dict[str, Any]

PULSES_PER_LITRE = 450
ML_PER_S = 250
FIVE_YEARS_S = 5 * 365 * 86_400
BACK_S = 7 * 3600
# Moments are moved to earlier ones where they would hang by a second (`moments`).
BOOT_S = 2 * 3600
HUGE_ML = 90_000_000
# Nobody's version of a price.
NO_VERSION = 99


@dataclass(slots=True)
class Device:
    """One kiosk. Times are Unix seconds; the device is never asked what time it really is.

    Attributes:
        booted: when its counters began anew.
        half: when, in this spell, a clock that changes changes.
    """

    public_id: str
    key_id: str
    key: str = field(repr=False)
    epoch: int = 0
    seq: int = 0
    totalizer: int = 0
    booted: float = 0.0
    half: float = 0.0
    clock: Clock = Clock.GOOD

    def boot(self, now: float, hours: float, clock: Clock) -> None:
        """A new epoch, of which `hours` and a little more have passed."""
        self.epoch, self.seq = self.epoch + 1, 0
        self.booted = now - hours * 3600 - BOOT_S
        self.half, self.clock = now - hours * 1200, clock

    def sync(self) -> None:
        """The server told the time."""
        self.clock = Clock.GOOD

    def record(self, pour: Pour, when: float, *, tag: str, version: int, spends: Record) -> Record:
        """What it keeps of a dispense at `when`, and will never restamp.

        Args:
            version: of the price list it has.
            spends: the record's mode, with its hold or lease.
        """
        self.seq += 1
        ml, stop = _poured(pour)
        self.totalizer += ml
        t, clk = self._time(when)
        made = {
            "epoch": self.epoch,
            "seq": self.seq,
            "type": "dispense",
            "tag": tag,
            **spends,
            "pulses": ml * PULSES_PER_LITRE // 1000,
            "ml": ml,
            "totalizer_ml": self.totalizer,
            "dur_ms": ml * 1000 // ML_PER_S,
            "stop": stop,
            "tariff_v": version,
            "t": t,
            "clk": clk,
            "up_ms": round((when - self.booted) * 1000),
        }
        return _twisted(made, pour.twist)

    def health(self) -> Record:
        """What it says of itself."""
        dice = Random(f"{self.public_id}/{self.epoch}/{self.seq}")
        return {
            "fw": "2.4.1",
            "cfg": 1,
            "bat_mv": dice.randrange(3600, 4200),
            "rssi": -dice.randrange(50, 110),
            "tank_pct": dice.randrange(20, 100),
            "door": "closed",
            "queue": 0,
        }

    def _time(self, when: float) -> tuple[str | None, str]:
        match self.clock:
            case Clock.UNSET:
                return None, "unset"
            case Clock.YEAR_1970:
                return _text(when - self.booted), "holdover"
            case Clock.FUTURE:
                return _text(when + FIVE_YEARS_S), "synced"
            case Clock.BACKWARDS if when > self.half:
                return _text(when - BACK_S), "holdover"
            case Clock.HOLDOVER:
                return _text(when), "holdover"
            case Clock.RECOVERED if when < self.half:
                return None, "unset"
        return _text(when), "synced"


def changed(record: Record) -> Record:
    """The same record, as somebody would like it."""
    return {**record, "ml": 1, "pulses": 0}


def _poured(pour: Pour) -> tuple[int, str]:
    match pour.twist:
        case Twist.ABORTED:
            return 0, "user"
        case Twist.PARTIAL:
            return pour.ml // 3, ("power", "no_flow", "fault")[pour.ml % 3]
    return pour.ml, "target"


def _twisted(record: Record, twist: Twist) -> Record:
    match twist:
        case Twist.HUGE:
            return {**record, "ml": HUGE_ML}
        case Twist.TYPED:
            return {**record, "ml": str(record["ml"])}
        case Twist.VERSION:
            return {**record, "tariff_v": NO_VERSION}
    return record


def _text(when: float) -> str:
    return f"{datetime.fromtimestamp(round(when), UTC):%Y-%m-%dT%H:%M:%SZ}"
