"""The port of the relay: what higher floors do while it carries events.

translate_with(translator)   Redis commands that go out with an event, in the stream's order
beside(companion)            called again and again by the relay that leads, on its own thread
"""

from collections.abc import Callable, Iterable

import redis

from .events import Event

# One Redis command with its arguments.
Command = tuple[str | int, ...]
Translator = Callable[[Event], Iterable[Command]]
Companion = Callable[["redis.Redis"], None]

_translators: list[Translator] = []
_companions: list[Companion] = []


def translate_with(translator: Translator) -> None:
    """Ask this for the commands of every event. They are sent at least once, in order.

    It works in the platform's context. What it raises costs this event its commands, and is
    logged; `TryLater` makes the whole stream wait.
    """
    if translator not in _translators:
        _translators.append(translator)


def commands_of(event: Event) -> list[Command]:
    """What all translators make of it."""
    return [command for translator in _translators for command in translator(event)]


def beside(companion: Companion) -> None:
    """Call this again and again in the relay that leads; it sees to its own pace and contexts."""
    if companion not in _companions:
        _companions.append(companion)


def companions() -> tuple[Companion, ...]:
    return tuple(_companions)
