"""The simulator's own truth: one JSON line per fact, written before its request leaves.

run       tenants, wallets, seed; the first line
script    a payment as planned
asked     the provider has taken the order of it, so that it can be paid
sent      a message about it is about to leave
acked     the message was answered 200
end       all of it was sent and acknowledged; without it the run was stopped or killed
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from .plan import Script

Fact = dict[str, Any]


class JournalError(Exception):
    """The file is not a journal of payments."""


class Journal:
    """Writes facts, from several threads."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", buffering=1, encoding="utf-8")
        self._lock = threading.Lock()

    def begin(self, *, run: str, seed: int, wallets: dict[str, list[str]]) -> None:
        """`wallets`: ids of the API, by tenant."""
        self._write(
            {"fact": "run", "what": "payments", "run": run, "seed": seed, "wallets": wallets}
        )

    def script(self, script: Script) -> None:
        self._write({"fact": "script", **asdict(script)})

    def asked(self, number: int) -> None:
        self._write({"fact": "asked", "number": number})

    def sent(self, number: int, message: str) -> None:
        self._write({"fact": "sent", "number": number, "message": message})

    def acked(self, number: int, message: str) -> None:
        self._write({"fact": "acked", "number": number, "message": message})

    def end(self) -> None:
        self._write({"fact": "end"})

    def close(self) -> None:
        self._file.close()

    def _write(self, fact: Fact) -> None:
        with self._lock:
            self._file.write(json.dumps(fact, separators=(",", ":")) + "\n")


def read_journal(path: Path) -> Iterator[Fact]:
    """The facts; a last line that a kill cut short is passed over.

    Raises:
        JournalError: it does not begin as a journal of payments, or is damaged.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            try:
                fact: Fact = json.loads(line)
            except ValueError:
                raise JournalError(f"{path}, line {number}: not JSON") from None
            if number == 1 and fact.get("what") != "payments":
                raise JournalError(f"{path}: the first line is not a run of payments")
            yield fact
