"""The simulator's own truth, before each request leaves and when it was answered.

run    tenants with their prices, wallets and kiosks; the first line
ask    a request is about to leave: its number `n`, `what` it is, and what is in it
told   it was answered
end    everything was asked and answered; without it the run was stopped or killed

`what` is authorise, records, forged, lease, lease_end, top_up or refund. No key, no token and no
password is ever written.
"""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wificore.kernel.simulating import Fact, facts
from wificore.kernel.simulating import Journal as Lines

WHAT = "kiosks"


class Journal(Lines):
    """Writes facts, from several threads. Times are Unix seconds."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self._numbers = itertools.count(1)

    def begin(self, *, run: str, seed: int, tenants: dict[str, Any]) -> None:
        self.write("run", what=WHAT, run=run, seed=seed, at=time.time(), tenants=tenants)

    def ask(self, what: str, **fields: Any) -> int:
        """The number of the request."""
        number = next(self._numbers)
        self.write("ask", n=number, what=what, at=time.time(), **fields)
        return number

    def told(self, number: int, status: int, answer: Any) -> None:
        self.write("told", n=number, status=status, at=time.time(), answer=answer)

    def end(self) -> None:
        self.write("end")


def read_journal(path: Path) -> Iterator[Fact]:
    """The facts of a run of kiosks; raises JournalError for another file."""
    return facts(path, WHAT)
