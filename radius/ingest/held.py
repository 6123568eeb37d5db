"""Tenants that are held back: whose turn it is to be tried again (ADR 8).

The records themselves lie in the database, in `spool_held_record`; this is only the timetable. It
is made anew with every connection, and then everybody is tried at once.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

PAUSE_S = (1, 60)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of a tenant's oldest held lines, without their newlines, and their ids."""

    tenant: str
    ids: tuple[int, ...]
    rows: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        return b"".join(row + b"\n" for row in self.rows)

    def __bool__(self) -> bool:
        return bool(self.ids)

    @property
    def lines(self) -> int:
        return len(self.ids)

    def halves(self) -> tuple["Chunk", "Chunk"]:
        """Call it with two lines or more."""
        cut = len(self.ids) // 2
        return (
            Chunk(self.tenant, self.ids[:cut], self.rows[:cut]),
            Chunk(self.tenant, self.ids[cut:], self.rows[cut:]),
        )


@dataclass(slots=True)
class _Turn:
    due: float = 0.0
    pause_s: int = PAUSE_S[0]


class Held:
    """Which tenants of which spools are held back, and when each is tried again."""

    def __init__(self) -> None:
        self._turns: dict[tuple[str, str], _Turn] = {}

    def load(self, spool: str, tenants: Iterable[str]) -> None:
        """Begin anew with what the database says."""
        self._turns = {key: turn for key, turn in self._turns.items() if key[0] != spool}
        self._turns |= {(spool, tenant): _Turn() for tenant in tenants}

    def of(self, spool: str) -> set[str]:
        return {tenant for name, tenant in self._turns if name == spool}

    def add(self, spool: str, tenant: str) -> None:
        self._turns.setdefault((spool, tenant), _Turn(time.monotonic() + PAUSE_S[0]))

    def remove(self, spool: str, tenant: str) -> None:
        self._turns.pop((spool, tenant), None)

    def next_due(self) -> tuple[str, str] | None:
        """The spool and tenant that has waited longest, if its time has come."""
        key = min(self._turns, key=lambda key: self._turns[key].due, default=None)
        return key if key and self._turns[key].due <= time.monotonic() else None

    def succeeded(self, spool: str, tenant: str) -> None:
        """Its next turn is now, behind others whose time has come."""
        self._turns[spool, tenant] = _Turn(time.monotonic())

    def failed(self, spool: str, tenant: str) -> None:
        """Its next turn comes after a pause twice as long as the last."""
        turn = self._turns[spool, tenant]
        turn.due = time.monotonic() + turn.pause_s
        turn.pause_s = min(turn.pause_s * 2, PAUSE_S[1])

    def pause(self, spool: str, tenant: str) -> int:
        """How long it will wait after the next failure, seconds."""
        return self._turns[spool, tenant].pause_s

    def retry(self) -> None:
        """Everybody's turn is now."""
        for turn in self._turns.values():
            turn.due = 0.0
