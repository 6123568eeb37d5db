"""What other apps add to the close of a day: money that came by no till.

    day_part("payments", totals_of_the_day)      in AppConfig.ready

Only the close without a site has such parts: what is paid by telephone is paid nowhere. A part that
cuts by time must look after what commits late: a transfer is dated before it is seen.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

# Called with the first and the last moment (the last one not included), in the close's transaction.
Part = Callable[[datetime, datetime], dict[str, Any]]

_parts: dict[str, Part] = {}


def day_part(name: str, part: Part) -> None:
    """Register a part: a JSON object of whole numbers and texts.

    Raises:
        ValueError: another one has this name.
    """
    if _parts.setdefault(name, part) is not part:
        raise ValueError(f"there is a part called {name!r} already")


def parts_of(since: datetime, until: datetime) -> dict[str, Any]:
    """What all of them say of a time."""
    return {name: _parts[name](since, until) for name in sorted(_parts)}
