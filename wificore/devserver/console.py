"""Output of many processes on one terminal: a prefix per line, coloured where it is a terminal."""

import contextlib
import sys
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
WIDTH = 14


class Console:
    """Writes whole lines; a terminal that went away is no reason to fail."""

    def __init__(self, output: TextIO | None = None) -> None:
        self.output = output or sys.stdout
        self.coloured = self.output.isatty()
        self._names: list[str] = []

    def line(self, name: str, text: str) -> None:
        """One line of the process `name`."""
        prefix = f"{name:<{WIDTH}} |"
        self.plain(f"{self._paint(prefix, self._colour(name))} {text}")

    def say(self, text: str) -> None:
        """One line of the launcher itself."""
        self.line("wificore", text)

    def plain(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            print(text, file=self.output, flush=True)

    def _colour(self, name: str) -> int:
        if name not in self._names:
            self._names.append(name)
        return COLOURS[self._names.index(name) % len(COLOURS)]

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.coloured else text
