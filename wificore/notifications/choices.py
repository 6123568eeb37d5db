"""What a preference says of one event: by which ways it goes out, and whether it waits. Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wificore.kernel.notices import CRITICAL

from .models import Channel, Preference


def channels(preference: Preference, event_type: str, severity: int) -> list[Channel]:
    """The ways besides the inbox; what is said of the kind counts before the severity."""
    named = _rule(preference.kinds, event_type)
    if named is not None:
        return [channel for channel in Channel if channel.value in named]
    lowest = {Channel.EMAIL: preference.email_from, Channel.SMS: preference.sms_from}
    return [channel for channel, least in lowest.items() if least and severity >= least]


def _rule(kinds: dict[str, list[str]], event_type: str) -> list[str] | None:
    """The longest name that fits: `nas.silent` before `nas.*` before `*`."""
    for name in sorted(kinds, key=len, reverse=True):
        if name == event_type or (name.endswith("*") and event_type.startswith(name[:-1])):
            return kinds[name]
    return None


def waits_until(preference: Preference, severity: int, now: datetime, zone: str) -> datetime | None:
    """When the quiet hours end that this falls into; None: it goes out at once.

    Args:
        zone: the organisation's, in which the hours are meant.
    """
    begin, end = preference.quiet_from, preference.quiet_until
    if begin is None or end is None or begin == end:
        return None
    if severity >= CRITICAL and preference.urgent:
        return None
    here = now.astimezone(ZoneInfo(zone))
    if not _within(here.time(), begin, end):
        return None
    day = here.date() if here.time() < end else here.date() + timedelta(days=1)
    # Aware arithmetic in the zone: the hour on the wall, also where clocks change at night.
    return datetime.combine(day, end, tzinfo=ZoneInfo(zone))


def _within(moment: time, begin: time, end: time) -> bool:
    if begin < end:
        return begin <= moment < end
    return moment >= begin or moment < end


def malformed(kinds: object, known: Iterable[str]) -> str:
    """What is wrong with a preference's `kinds`; empty: nothing.

    Args:
        known: the event types that there are.
    """
    if not isinstance(kinds, dict):
        return "Give an object of channels by kind."
    types = list(known)
    for name, ways in kinds.items():
        if name not in types and not (
            name.endswith("*") and any(one.startswith(name[:-1]) for one in types)
        ):
            return f"There is no kind {name!r}."
        if not isinstance(ways, list) or not set(map(str, ways)) <= set(Channel.values):
            return f"{name}: list none, one or both of {', '.join(Channel.values)}."
    return ""
