"""Notices: which events people are told of, said by the apps that publish them.

    # radius/notices.py, which `wificore.notifications` finds by its name while Django starts
    notice("nas.silent", CRITICAL, view="radius.nas.view", link="/routers?q={address}")

Words are templates of the same app, one file for each language: `notices/nas.silent.en.txt` and
`notices/nas.silent.sw.txt`. The first line is the title (also of a mail and a text message), the
rest is the text. They see the event's payload, `site` (its name) and `organisation`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from .events import EVENT_TYPE, Payload

# How bad it is; access.models.organisation.Severity has the same numbers.
INFO, WARNING, CRITICAL = 10, 20, 30
LINK = re.compile(r"/[\w/{}.?=&-]*")


def _always(_payload: Payload) -> bool:
    return True


def site_in(payload: Payload) -> int | None:
    """The site that most payloads name: `site` or `site_id`."""
    found = payload.get("site", payload.get("site_id"))
    return found if isinstance(found, int) else None


def nobody(_payload: Payload) -> frozenset[str]:
    """It concerns nobody in particular: routes say who hears of it."""
    return frozenset()


def whom(*names: str) -> Callable[[Payload], frozenset[str]]:
    """The people that these fields of the payload name, by id or address."""

    def find(payload: Payload) -> frozenset[str]:
        found = [payload.get(name) for name in names]
        listed = [one for value in found for one in (value if isinstance(value, list) else [value])]
        return frozenset(str(one) for one in listed if one not in (None, ""))

    return find


@dataclass(frozen=True, slots=True)
class Work:
    """A task that the event opens for the departments it is routed to.

    Its title is the first line of the template `notices/<event type>.task.<language>.txt`.

    Attributes:
        escalate_after: how long each circle of people has to claim it.
    """

    escalate_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """What people are told when an event of this type happens.

    Attributes:
        view: the permission code that whoever hears of it must have; empty: only `people` do.
        sample: a payload as the event has it; tests render every template with it.
        when: whether this event is worth telling.
        site: where it happened.
        people: whom it concerns by itself, as ids or addresses; they hear of it without a route.
        own: it is these people's own, so that they need no right.
        link: the web client's page about it, filled from the payload: `/webhooks/{id}`.
        work: it opens a task.
        ends: the event type, or with a `*` the types, whose open tasks about the same subject it
            makes pointless.
    """

    event_type: str
    severity: int
    view: str
    sample: Mapping[str, Any]
    when: Callable[[Payload], bool] = _always
    site: Callable[[Payload], int | None] = site_in
    people: Callable[[Payload], frozenset[str]] = field(default=nobody)
    own: bool = False
    link: str = ""
    work: Work | None = None
    ends: str = ""

    def link_for(self, payload: Payload) -> str:
        """The path; empty if the payload lacks what it is made of."""
        try:
            return self.link.format(**payload)
        except (KeyError, IndexError):
            return ""


_kinds: dict[str, Kind] = {}


def notice(
    event_type: str, severity: int, *, view: str, sample: Mapping[str, Any], **options: Any
) -> Kind:
    """Register a kind; options are the other attributes of `Kind`.

    Raises:
        ValueError: the type, the severity or the link is malformed, or there is one already.
    """
    kind = Kind(event_type, severity, view, sample, **options)
    if not EVENT_TYPE.fullmatch(event_type) or severity not in (INFO, WARNING, CRITICAL):
        raise ValueError(f"no kind of notice can be {event_type!r} of severity {severity}")
    if kind.link and not LINK.fullmatch(kind.link):
        raise ValueError(f"{event_type}: a link is a path of this host, not {kind.link!r}")
    if _kinds.setdefault(event_type, kind) is not kind:
        raise ValueError(f"there is a notice for {event_type!r} already")
    return kind


def kind_of(event_type: str) -> Kind | None:
    return _kinds.get(event_type)


def kinds() -> list[Kind]:
    """All of them, by their type."""
    return [_kinds[name] for name in sorted(_kinds)]
