"""What an import says of itself: while it runs, and in its job's result."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .cells import Fault

# A job's result holds 3,500 octets (jobs.services.RESULT_BYTES); the rest of ours is numbers.
LISTED_OCTETS = 3_200


class Ending(Protocol):
    """What an import reports to: a job's run, or a terminal. Both ends are in its transaction."""

    def progress(self, done: int, total: int | None = None, note: str = "") -> None: ...
    def complete(self, result: Mapping[str, Any] | None = None) -> None: ...
    def fail(self, error: str, result: Mapping[str, Any] | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Report:
    """An import's numbers.

    Attributes:
        rows, created, updated: a dry run's are what would happen.
        faults: in the order of lines; if there are any, nothing is written.
    """

    dry_run: bool
    rows: int
    created: int = 0
    updated: int = 0
    faults: Sequence[Fault] = ()

    @property
    def bad_rows(self) -> int:
        return len({fault.line for fault in self.faults})

    def told(self) -> dict[str, int]:
        """The event's payload."""
        return {"rows": self.rows, "created": self.created, "updated": self.updated}

    def result(self) -> dict[str, Any]:
        """The job's result; its list of errors is cut to what a job may keep."""
        numbers = {"dry_run": self.dry_run, **self.told(), "bad_rows": self.bad_rows}
        return {**numbers, "errors_total": len(self.faults), "errors": self._listed()}

    def refusal(self) -> str:
        first = self.faults[0]
        return (
            f"{self.bad_rows} of {self.rows} rows are not right, nothing was written."
            f" Line {first.line}, {first.field}: {first.message}"
        )

    def _listed(self) -> list[dict[str, Any]]:
        listed, octets = [], 0
        for fault in self.faults:
            error = fault._asdict()
            octets += len(json.dumps(error, separators=(",", ":"))) + 1
            if octets > LISTED_OCTETS:
                break
            listed.append(error)
        return listed
