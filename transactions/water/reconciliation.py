"""Does the water add up? Per kiosk and business day, in whole millilitres:

    change of the totalizer = sold + test + free + unexplained

Each record tells what the meter stood at when it ended. What passed the meter belongs to the day
of the record that ends it, so that days always add up to what the meter counted, in whatever order
records arrive and whatever their clocks say. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# A day needs an explanation above both: a hundredth of what passed, and 20 litres.
SHARE, LEAST_ML = 100, 20_000


class Use(StrEnum):
    """What became of a record's water; NONE: it is not trusted (quarantined)."""

    SOLD = "sold"
    TEST = "test"
    FREE = "free"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """One record, as far as water is concerned.

    Attributes:
        totalizer_ml: what the meter stood at when it ended; None: it does not say.
    """

    epoch: int
    seq: int
    day: date
    totalizer_ml: int | None
    ml: int
    use: Use

    @property
    def trusted(self) -> bool:
        return self.use is not Use.NONE and self.totalizer_ml is not None


@dataclass(frozen=True, slots=True)
class Flow:
    """A trusted record, and what passed the meter up to its end since the one before it.

    Attributes:
        adjacent: the one before it is the one with the number before its own.
    """

    reading: Reading
    passed_ml: int
    adjacent: bool

    @property
    def besides_ml(self) -> int:
        """What passed without being dispensed; below 0: the meter counted less than was."""
        return self.passed_ml - self.reading.ml


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Records that did not come: the numbers `first` to `last` of an epoch."""

    epoch: int
    first: int
    last: int


@dataclass(slots=True)
class DayWater:
    """One kiosk's business day, in millilitres."""

    change_ml: int = 0
    sold_ml: int = 0
    test_ml: int = 0
    free_ml: int = 0
    gaps: list[Gap] = field(default_factory=list)

    @property
    def unexplained_ml(self) -> int:
        return self.change_ml - self.sold_ml - self.test_ml - self.free_ml

    @property
    def in_doubt(self) -> bool:
        """Whether more is unexplained than meters and valves are inexact."""
        return is_in_doubt(self.change_ml, self.unexplained_ml)


def is_in_doubt(change_ml: int, unexplained_ml: int) -> bool:
    """In either direction: a meter that counts less than is sold is wrong as well."""
    return abs(unexplained_ml) * SHARE > max(abs(change_ml), LEAST_ML * SHARE)


def flows(readings: Iterable[Reading]) -> Iterator[Flow]:
    """What passed the meter, record by record.

    Args:
        readings: in order of (epoch, seq), each once.
    """
    before: Reading | None = None
    for reading in readings:
        if not reading.trusted:
            continue
        adjacent = before is not None and (before.epoch, before.seq + 1) == (
            reading.epoch,
            reading.seq,
        )
        yield Flow(reading, _passed(before, reading), adjacent)
        before = reading


def _passed(before: Reading | None, reading: Reading) -> int:
    stood = reading.totalizer_ml or 0
    if before is None:
        # Nobody knows what passed before the first one: a meter need not be new.
        return reading.ml
    last = before.totalizer_ml or 0
    if before.epoch != reading.epoch and stood - reading.ml < last:
        return stood  # another meter, or one that forgot: it began at 0
    return stood - last


def days(readings: Iterable[Reading], gaps: Iterable[Gap] = ()) -> dict[date, DayWater]:
    """A kiosk's days, from its records.

    Args:
        readings: in order of (epoch, seq), each once.
        gaps: what did not come; each belongs to the day of the record after it.
    """
    rows = list(readings)
    found: dict[date, DayWater] = {row.day: DayWater() for row in rows}
    for flow in flows(rows):
        day = found[flow.reading.day]
        day.change_ml += flow.passed_ml
        _count(day, flow.reading)
    after = {(row.epoch, row.seq): row.day for row in rows}
    for gap in gaps:
        if (gap.epoch, gap.last + 1) in after:
            found[after[gap.epoch, gap.last + 1]].gaps.append(gap)
    return found


def _count(day: DayWater, reading: Reading) -> None:
    if reading.use is Use.SOLD:
        day.sold_ml += reading.ml
    elif reading.use is Use.TEST:
        day.test_ml += reading.ml
    else:
        day.free_ml += reading.ml
