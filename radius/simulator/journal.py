"""The simulator's own truth: one JSON line per fact, written before its packet leaves.

    run       tenants, seed, start of the run; the first line
    login     an attempt and its right answer
    answer    what was answered to it, after how many tries
    record    an accounting fact
    acked     the server has it
    end       the run ended as planned; without it the simulator was stopped or killed

Times are Unix seconds. No password is ever written. Each line is handed to the kernel at once,
so a killed simulator loses at most the line it was writing.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from radius.simulator.actions import Action, Login, Record
from radius.simulator.transport import Outcome

Fact = dict[str, Any]


class JournalError(Exception):
    """The file is not a simulator's journal."""


class Journal:
    """Writes facts; without a file it forgets them (the endless demo)."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = path.open("w", buffering=1, encoding="utf-8") if path else None

    def begin(self, run: str, tenants: list[str], seed: int, at: float) -> None:
        """Write the first line."""
        self._write({"fact": "run", "run": run, "tenants": tenants, "seed": seed, "at": at})

    def sent(self, action: Action, at: float) -> None:
        """An action is about to be sent for the first time."""
        if self._file is not None:
            self._write(_login(action, at) if isinstance(action, Login) else _record(action, at))

    def done(self, outcome: Outcome) -> None:
        """A login was answered or given up, or a record was acknowledged."""
        fact: Fact = {"fact": "acked", "n": outcome.action.number}
        if isinstance(outcome.action, Login):
            fact = {"fact": "answer", "n": outcome.action.number, "answer": outcome.answer.value}
        self._write({**fact, "tries": outcome.tries, "sent": outcome.first_sent, "at": outcome.at})

    def end(self, at: float) -> None:
        """The run is complete: every session was stopped and every record acknowledged."""
        self._write({"fact": "end", "at": at})

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, fact: Fact) -> None:
        if self._file is not None:
            self._file.write(json.dumps(fact, separators=(",", ":")) + "\n")


def read_journal(path: Path) -> Iterator[Fact]:
    """Yield the facts of a journal; a last line cut short by a kill is passed over.

    Raises JournalError when the file does not begin as a journal or is damaged before its end.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            fact = _parse(path, number, line)
            if number == 1 and fact.get("fact") != "run":
                raise JournalError(f"{path}: the first line is not a run; is this a journal?")
            yield fact


def _parse(path: Path, number: int, line: str) -> Fact:
    try:
        fact = json.loads(line)
    except ValueError as error:
        raise JournalError(f"{path}, line {number}: not JSON ({error})") from error
    if not isinstance(fact, dict):
        raise JournalError(f"{path}, line {number}: not a fact")
    return fact


def _login(login: Login, at: float) -> Fact:
    return {
        "fact": "login",
        "n": login.number,
        "tenant": login.router.tenant,
        "router": login.router.address,
        "user": login.username,
        "mac": login.mac,
        "flavour": login.flavour.value,
        "method": "chap" if login.chap else "pap",
        "expected": login.expected.value,
        "at": at,
    }


def _record(record: Record, at: float) -> Fact:
    return {
        "fact": "record",
        "n": record.number,
        "tenant": record.router.tenant,
        "router": record.router.address,
        "stamped": record.router.stamps,
        "status": record.status.value,
        "event": record.event,
        "session": record.session,
        "user": record.username,
        "mac": record.mac,
        "seconds": record.seconds,
        "in": record.octets_in,
        "out": record.octets_out,
        "cause": record.cause,
        "repeat": record.repeat,
        "at": at,
    }
