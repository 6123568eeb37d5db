"""How often one socket may do something. Pure."""

from collections import deque


class Rate:
    """At most so many in any one second."""

    __slots__ = ("_most", "_times")

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Whether one more is fine now (seconds of any clock); counts it if so."""
        times = self._times
        while times and times[0] <= now - 1.0:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
