"""Days, weeks and months as half-open spans of UTC time; a week begins on Monday."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .policy import Interval

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `lower` up to, and without, `upper`."""

    lower: datetime
    upper: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.lower <= moment < self.upper

    def overlaps(self, other: "Span") -> bool:
        return self.lower < other.upper and other.lower < self.upper

    def __str__(self) -> str:
        return f"{_short(self.lower)}..{_short(self.upper)}"


def midnight(moment: datetime) -> datetime:
    """The beginning of the moment's UTC day.

    Raises:
        ValueError: the moment has no time zone, so that its day is not known.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone belongs to no day")
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def period(interval: Interval, moment: datetime) -> Span:
    """The day, week or month that the moment is in."""
    day = midnight(moment)
    if interval == "day":
        return Span(day, day + DAY)
    if interval == "week":
        monday = day - day.weekday() * DAY
        return Span(monday, monday + 7 * DAY)
    first = day.replace(day=1)
    return Span(first, (first + 31 * DAY).replace(day=1))


def suffix(lower: datetime) -> str:
    """How a partition that begins here is called after its table's name."""
    return f"_p{lower:%Y%m%d}" if lower == midnight(lower) else f"_p{lower:%Y%m%d%H%M%S}"


def _short(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment == midnight(moment) else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
