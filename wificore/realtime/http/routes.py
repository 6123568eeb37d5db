"""Which path asks for what. Pure."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import calls
from .answers import Refused

CarryOut = Callable[[calls.Work], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a path asks for.

    Attributes:
        carry_out: None: only whether this process is up.
        app_id: None: the app is the one whose key signed it.
    """

    methods: tuple[str, ...]
    carry_out: CarryOut | None
    app_id: str | None = None
    parameters: tuple[str, ...] = ()


READ, WRITE = ("GET", "HEAD"), ("POST",)
APP = r"/apps/(?P<app_id>[^/]+)"
ROUTES: tuple[tuple[str, tuple[str, ...], CarryOut | None], ...] = (
    (r"/up", READ, None),
    (rf"{APP}/events", WRITE, calls.events),
    (rf"{APP}/batch_events", WRITE, calls.batch_events),
    (rf"{APP}/channels", READ, calls.channels),
    (rf"{APP}/channels/([^/]+)", READ, calls.channel),
    (rf"{APP}/channels/([^/]+)/users", READ, calls.users),
    (rf"{APP}/users/([^/]+)/terminate_connections", WRITE, calls.terminate),
    # The Python library 3.3.4 names no app here.
    (r"/users/([^/]+)/terminate_connections", WRITE, calls.terminate),
)
PATTERNS = [(re.compile(path + "/?"), methods, call) for path, methods, call in ROUTES]


def find(path: str) -> Asked:
    """Args:
        path: as sent, percent-encoded.

    Raises:
        Refused: 404.
    """
    for pattern, methods, carry_out in PATTERNS:
        if match := pattern.fullmatch(path):
            named = match.groupdict().get("app_id")
            others = match.groups()[1:] if named else match.groups()
            values = tuple(unquote(value, errors="replace") for value in others)
            return Asked(methods, carry_out, unquote(named) if named else None, values)
    raise Refused(404, "There is nothing here.")
