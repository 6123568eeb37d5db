"""The simulator's own truth: one JSON line per fact, written before its request leaves.

run       tenants, wallets, seed; the first line
script    a payment as planned
asked     the provider has taken the order of it, so that it can be paid
sent      a message about it is about to leave
acked     the message was answered 200
end       all of it was sent and acknowledged; without it the run was stopped or killed
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from wificore.kernel.simulating import Fact, facts
from wificore.kernel.simulating import Journal as Lines

from .plan import Script

WHAT = "payments"


class Journal(Lines):
    """Writes facts, from several threads."""

    def begin(self, *, run: str, seed: int, wallets: dict[str, list[str]]) -> None:
        """`wallets`: ids of the API, by tenant."""
        self.write("run", what=WHAT, run=run, seed=seed, wallets=wallets)

    def script(self, script: Script) -> None:
        self.write("script", **asdict(script))

    def asked(self, number: int) -> None:
        self.write("asked", number=number)

    def sent(self, number: int, message: str) -> None:
        self.write("sent", number=number, message=message)

    def acked(self, number: int, message: str) -> None:
        self.write("acked", number=number, message=message)

    def end(self) -> None:
        self.write("end")


def read_journal(path: Path) -> Iterator[Fact]:
    """The facts of a run of payments; raises JournalError for another file."""
    return facts(path, WHAT)
