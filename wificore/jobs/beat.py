"""Beat's side of recurring jobs: asks for each one's current window, at the clock's own pace."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from celery import schedules
from celery.schedules import BaseSchedule

from .recurring import Recurring
from .windows import EPOCH, Windows

DISPATCH = "wificore.jobs.tasks.dispatch"
LEAST_EXPIRY_S = 60.0


class Pace(BaseSchedule):  # type: ignore[misc]  # celery has no types
    """Due when the clock has passed a multiple of the pace since the last time, so also at once."""

    def __init__(self, windows: Windows, **options: Any) -> None:
        super().__init__(**options)
        self.windows = windows
        self.pace = Windows(windows.pace, windows.offset)

    def is_due(self, last_run_at: datetime) -> Any:
        now = datetime.now(UTC)
        began = self.pace.start(now)
        seconds = (began + self.pace.interval - now).total_seconds()
        return schedules.schedstate(last_run_at < began, seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pace) and self.windows == other.windows

    def __hash__(self) -> int:
        return hash(self.windows)

    def __reduce__(self) -> Any:
        return type(self), (self.windows,)


def entries(schedule: Iterable[Recurring]) -> dict[str, dict[str, Any]]:
    """Celery's `beat_schedule`."""
    return {
        job.name: {
            "task": DISPATCH,
            "args": [job.name],
            "schedule": Pace(job.windows),
            "last_run_at": EPOCH,
            "options": {"expires": max(job.windows.pace.total_seconds(), LEAST_EXPIRY_S)},
        }
        for job in schedule
    }
