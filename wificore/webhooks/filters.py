"""Which events an endpoint asks for: `plan.created`, `session.*`, `*`."""

import re
from collections.abc import Collection

MAX_FILTERS = 100
PATTERN = re.compile(r"\*|[a-z][a-z_]*(\.[a-z][a-z_]*)*(\.\*)?")


def matches(patterns: Collection[str], event_type: str) -> bool:
    """Whether one of them asks for events of this type."""
    return any(_asks(pattern, event_type) for pattern in patterns)


def _asks(pattern: str, event_type: str) -> bool:
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return pattern == event_type


def mistake(patterns: object, visible: Collection[str]) -> str:
    """What is wrong with a list of filters, in words; empty if it is right.

    Args:
        visible: the types that whoever wrote it may view. A filter that matches none of them would
            never bring anything.
    """
    if not isinstance(patterns, list) or not 0 < len(patterns) <= MAX_FILTERS:
        return f'Give a list of 1 to {MAX_FILTERS} event types, for example ["session.*"].'
    for pattern in patterns:
        if not isinstance(pattern, str) or not PATTERN.fullmatch(pattern):
            return f"{str(pattern)[:80]!r} is no event type: write plan.created, session.* or *."
        if not any(_asks(pattern, name) for name in visible):
            return f"{pattern[:80]!r} matches no event that you may see."
    return ""
