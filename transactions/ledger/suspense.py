"""Where apps that take payments say what waits for a person to match it.

suspense_source(waiting)      in AppConfig.ready; reports count by age what it yields
"""

from collections.abc import Callable, Iterable
from datetime import datetime

# When each waiting payment came, and its micro-units.
Source = Callable[[], Iterable[tuple[datetime, int]]]

_sources: list[Source] = []


def suspense_source(source: Source) -> None:
    """Register one."""
    if source not in _sources:
        _sources.append(source)


def waiting() -> list[tuple[datetime, int]]:
    """All that waits in the active tenant, of all sources."""
    return [found for source in _sources for found in source()]
