"""What other apps add to the close of a day.

    day_part("payments", totals_of_the_day)      money that came by no till
    site_part("water", water_at_the_site)        what else a site sold: sealed beside its money

Both in AppConfig.ready. Only the close without a site has parts of the first kind: what is paid by
telephone is paid nowhere. A part that cuts by time must look after what commits late: a transfer
is dated before it is seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

# Called with the first and the last moment (the last one not included), in the close's transaction.
Part = Callable[[datetime, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a site's close looks at.

    Attributes:
        after: the day that was closed last, which is not looked at again; None: none was.
        since, until: the same as moments; `until` is now if the day is not over.
    """

    site: int
    day: date
    after: date | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a site's close.

    Attributes:
        totals: a JSON object of whole numbers and texts.
        doubts: what must be explained; with any, the day is closed with a reason only.
    """

    totals: dict[str, Any]
    doubts: list[str] = field(default_factory=list)


# None: there is nothing of this at the site.
SitePart = Callable[[Cut], Said | None]

_parts: dict[str, Part] = {}
_site_parts: dict[str, SitePart] = {}


def day_part(name: str, part: Part) -> None:
    """Register a part: a JSON object of whole numbers and texts.

    Raises:
        ValueError: another one has this name.
    """
    if _parts.setdefault(name, part) is not part:
        raise ValueError(f"there is a part called {name!r} already")


def site_part(name: str, part: SitePart) -> None:
    """The same for closes of sites."""
    if _site_parts.setdefault(name, part) is not part:
        raise ValueError(f"there is a part called {name!r} already")


def parts_of(since: datetime, until: datetime) -> dict[str, Any]:
    """What all of them say of a time."""
    return {name: _parts[name](since, until) for name in sorted(_parts)}


def parts_at(cut: Cut) -> dict[str, Said]:
    """What those at sites say of this one."""
    found = {name: _site_parts[name](cut) for name in sorted(_site_parts)}
    return {name: said for name, said in found.items() if said is not None}
