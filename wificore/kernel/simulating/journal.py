"""A simulator's own truth: one JSON line per fact, written before its request leaves.

Each line is handed to the kernel at once, so that a killed simulator loses at most the line it was
writing. The first one says `what` was simulated.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

Fact = dict[str, Any]


class JournalError(Exception):
    """The file is not a journal of this kind."""


class Journal:
    """Writes facts, from several threads; without a file it forgets them."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = path.open("w", buffering=1, encoding="utf-8") if path else None
        self._lock = threading.Lock()

    def write(self, fact: str, **fields: Any) -> None:
        if self._file is not None:
            line = json.dumps({"fact": fact, **fields}, separators=(",", ":"))
            with self._lock:
                self._file.write(f"{line}\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def facts(path: Path, what: str) -> Iterator[Fact]:
    """The facts; a last line that a kill cut short is passed over.

    Raises:
        JournalError: it does not begin as a journal of `what`, or is damaged.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            try:
                fact: Fact = json.loads(line)
            except ValueError:
                raise JournalError(f"{path}, line {number}: not JSON") from None
            if number == 1 and fact.get("what") != what:
                raise JournalError(f"{path}: the first line is not a run of {what}")
            yield fact
