"""What a verification found."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# Findings of one kind and day beyond this many are counted, not listed.
LISTED = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed.

    Attributes:
        code: for programs: row_changed, row_missing, row_inserted, row_unproven, rows_missing,
            seal_missing, seal_forged, seal_order, key_missing, head_missing, head_forged,
            head_remade, head_differs, expected_differs.
        message: for people.
    """

    code: str
    message: str


@dataclass(slots=True)
class Report:
    """One schema's verification.

    Attributes:
        sealed_up_to: every row before then was looked at by the sealing job.
        rows: those that were found as they were sealed.
        late: rows that appeared after rows of the same time had been sealed.
        unsealed: rows that are too young for the next seal.
        archived: rows whose partition went into the archive, by days.
    """

    schema: str
    seals: int = 0
    rows: int = 0
    late: int = 0
    unsealed: int = 0
    sealed_up_to: datetime | None = None
    archived: int = 0
    archived_days: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, message: str) -> None:
        self.findings.append(Finding(code, message))

    def add_rows(self, code: str, messages: list[str], rest: str) -> None:
        """Findings about rows of one day; `rest` says what the ones beyond `LISTED` are."""
        for message in messages[:LISTED]:
            self.add(code, message)
        if (more := len(messages) - LISTED) > 0:
            self.add(code, f"and {more:,} more rows {rest}")

    def as_json(self) -> dict[str, Any]:
        moment = self.sealed_up_to
        return {**asdict(self), "sealed_up_to": moment.isoformat() if moment else None}

    def lines(self) -> list[str]:
        """The same for people."""
        sealed = f"sealed up to {shown(self.sealed_up_to)}" if self.sealed_up_to else "no seal yet"
        many = len(self.findings)
        outcome = f"{many} finding{'s' * (many != 1)}" if many else "clean"
        told = [f"{self.schema}: {self.seals:,} seals, {self.rows:,} rows, {sealed}: {outcome}"]
        told += [f"  {finding.message}" for finding in self.findings]
        if self.unsealed:
            told.append(f"  not yet sealed: {self.unsealed:,} rows younger than the last seal")
        if self.late:
            told.append(f"  sealed late: {self.late:,} rows (their transactions took long)")
        if self.archived:
            days = self.archived_days
            told.append(f"  archived: {self.archived:,} rows of {days:,} days, as retention says")
        return told


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
