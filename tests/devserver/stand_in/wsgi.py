"""Stand-in for the web application: healthy, and nothing else."""

from collections.abc import Callable, Iterable
from typing import Any


def application(_request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
