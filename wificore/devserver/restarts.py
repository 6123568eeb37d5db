"""How often a process may be started again: one that cannot live is a failure after all."""

import time
from collections import defaultdict

# So many deaths of one process in so many seconds are too many.
RESTARTS, SECONDS = 5, 60.0
# With `--restart` no number is too many: each recent death makes the next start wait longer.
PAUSE, LONGEST_PAUSE = 0.5, 5.0


class Restarts:
    """The recent deaths of each process."""

    def __init__(self) -> None:
        self._deaths: defaultdict[str, list[float]] = defaultdict(list)

    def died(self, name: str) -> None:
        """Count a death."""
        now = time.monotonic()
        recent = [moment for moment in self._deaths[name] if now - moment < SECONDS]
        self._deaths[name] = [*recent, now]

    def allowed(self, name: str) -> bool:
        """Whether it may be started once more."""
        return len(self._deaths[name]) <= RESTARTS

    def pause(self, name: str) -> float:
        """Seconds to wait before it is started again."""
        return min(PAUSE * len(self._deaths[name]), LONGEST_PAUSE)
