"""A progress bar with rate and time left, for commands whose work takes long.

On a terminal one line is drawn again and again; elsewhere a line is written now and then.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol, TypeVar

WIDTH = 24
EVERY_S = 0.1
EVERY_QUIET_S = 10.0

T = TypeVar("T")


class Out(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


def progress(items: Iterable[T], total: int, out: Out, *, label: str, drawn: bool) -> Iterator[T]:
    """Pass the items on and show how far they are.

    Args:
        drawn: the output is a terminal, on which a line can be drawn again.
    """
    started = shown = time.monotonic()
    done = 0
    for done, item in enumerate(items, start=1):  # written at the end
        yield item
        now = time.monotonic()
        if now - shown >= (EVERY_S if drawn else EVERY_QUIET_S):
            shown = now
            _show(line(label, done, total, now - started), out, "\r" if drawn else "\n")
    _show(line(label, done, total, time.monotonic() - started), out, "\n")


def line(label: str, done: int, total: int, seconds: float) -> str:
    """One state of the bar."""
    filled = WIDTH if total <= 0 else min(WIDTH, WIDTH * done // total)
    rate = done / seconds if seconds > 0 else 0.0
    left = f", {_clock((total - done) / rate)} left" if rate and done < total else ""
    bar = "#" * filled + "." * (WIDTH - filled)
    return f"{label} [{bar}] {done}/{total}, {rate:,.1f}/s, {_clock(seconds)}{left}"


def _show(text: str, out: Out, end: str) -> None:
    # A closed pipe must not end the work that is being shown.
    with suppress(BrokenPipeError):
        out.write(("\r\x1b[K" if end == "\r" else "") + text + end)
        out.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"
