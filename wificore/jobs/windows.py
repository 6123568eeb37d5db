"""Times at which beat works: windows of the clock, so that every process counts the same ones.

A window is an interval of UTC time: `Windows(timedelta(days=1), timedelta(hours=2))` are the days
from 02:00 to 02:00. Work of a window is done once, by its claim, however often it is asked for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A Monday, so that weeks begin on Mondays.
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
# What a lost message or a worker that was away delays at most.
ASK_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Windows:
    """Every `interval`, beginning `offset` after midnight (a week: after Monday's)."""

    interval: timedelta
    offset: timedelta = timedelta()

    def start(self, now: datetime) -> datetime:
        """When the window of this moment began."""
        since = now - EPOCH - self.offset
        return now - since % self.interval

    @property
    def pace(self) -> timedelta:
        """How often beat asks for a window's work."""
        return min(self.interval, ASK_AGAIN)


def every(**interval: float) -> Windows:
    """`every(seconds=30)`, `every(hours=1)`."""
    return Windows(timedelta(**interval))


def daily(hour: int, minute: int = 0) -> Windows:
    """Once a day, at a UTC time."""
    return Windows(timedelta(days=1), timedelta(hours=hour, minutes=minute))
