"""Every difference between what a journal demands and what the database holds."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from .expected import Due, Expected, Key, Purse

EXAMPLES = 10
CLOCK_FLAG = "time_estimated"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A dispense in the database; volumes in ml, money in micro-units."""

    key: Key
    state: str
    wallet: str
    ml: int
    cost: int
    captured: int
    receivable: int
    overrun: int
    refunded: int
    day: date
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class WalletRow:
    """A wallet's balances; `owed` above 0."""

    posted: int
    held: int
    owed: int


class Rows(Protocol):
    """What the database holds of a run's kiosks and wallets; each may raise Unavailable."""

    def records(self, tenant: str, kiosks: list[str], since: float) -> list[RecordRow]:
        """All that came since then, also those that are quarantined."""

    def claims(self, tenant: str, kiosks: list[str]) -> set[Key]:
        """Numbers that are taken."""

    def conflicts(self, tenant: str, kiosks: list[str]) -> set[Key]:
        """Numbers that came with another body."""

    def missing(self, tenant: str, kiosk: str) -> list[tuple[int, int, int]]:
        """Gaps as (epoch, first, last)."""

    def wallets(self, tenant: str, wallets: list[str]) -> dict[str, WalletRow]:
        """By id."""

    def captured(self, tenant: str, kiosks: list[str]) -> dict[str, int]:
        """What was taken of each lease to these kiosks, by its id."""

    def unbalanced(self, tenant: str) -> int:
        """Transfers whose entries do not sum to 0."""


@dataclass(slots=True)
class Report:
    """What was compared, and each fault in words."""

    records: int = 0
    states: Counter[str] = field(default_factory=Counter)
    ml: int = 0
    captured: int = 0
    receivable: int = 0
    conflicts: int = 0
    gaps: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.faults

    def text(self) -> str:
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        head = (
            f"{self.records} records ({states}), {self.conflicts} conflicts, {self.gaps} gaps;"
            f" {self.ml} ml, {self.captured} micro-units taken, {self.receivable} owed;"
            f" {len(self.faults)} differences"
        )
        return "\n".join([head, *(f"  {fault}" for fault in self.faults[:EXAMPLES])])


def compare(due: Expected, rows: Rows, now: float) -> Report:
    """One look; `now` in Unix seconds."""
    report = Report(faults=list(due.wrong))
    for slug, tenant in due.tenants.items():
        own = {key: one for key, one in due.dues.items() if one.tenant == slug}
        found = rows.records(slug, tenant.kiosks, due.at)
        present = _records(report, slug, own, found)
        _numbers(report, slug, due, rows)
        known = rows.wallets(slug, list(tenant.purses))
        lost = [one for key, one in own.items() if key not in present]
        for wallet, purse in tenant.purses.items():
            _wallet(report, f"{slug}: wallet {wallet}", purse, known.get(wallet), lost, now)
        _leases(report, slug, due, present, rows.captured(slug, tenant.kiosks))
        if unbalanced := rows.unbalanced(slug):
            report.faults.append(f"{slug}: {unbalanced} transfers do not sum to 0")
    return report


def _records(
    report: Report, slug: str, own: dict[Key, Due], found: list[RecordRow]
) -> dict[Key, Due]:
    """Compare each with its row; those that are there."""
    times = Counter(row.key for row in found)
    report.faults += [f"{slug}: {key} is there {n} times" for key, n in times.items() if n > 1]
    for row in found:
        due = own.get(row.key)
        if due is None:
            report.faults.append(f"{slug}: {row.key} came from nowhere")
            continue
        report.records += 1
        report.states[row.state] += 1
        report.ml += row.ml if row.state != "quarantined" else 0
        report.captured += row.captured
        report.receivable += row.receivable
        if wrong := ", ".join(_differences(due, row)):
            report.faults.append(f"{slug}: {row.key}: {wrong}")
    missing = [key for key, due in own.items() if due.sure and key not in times]
    report.faults += [f"{slug}: {key} is missing" for key in missing]
    return {key: due for key, due in own.items() if key in times}


def _differences(due: Due, row: RecordRow) -> list[str]:
    booked = due.state != "quarantined"
    found = {
        "state": (due.state, row.state),
        "ml": (due.ml, row.ml if booked else 0),
        "cost": (due.cost, row.cost),
        "captured": (due.captured, row.captured),
        "receivable": (due.receivable, row.receivable),
        "overrun": (due.overrun, row.overrun),
        "refunded": (due.refunded, row.refunded),
        "wallet": (due.wallet, row.wallet if due.wallet else ""),
    }
    wrong = [f"{what} {is_} instead of {was}" for what, (was, is_) in found.items() if was != is_]
    if booked and row.day not in due.days:
        wrong.append(f"day {row.day} instead of {' or '.join(map(str, sorted(due.days)))}")
    if booked and (CLOCK_FLAG in row.flags) != due.estimated:
        wrong.append(f"flags {sorted(row.flags)}")
    return wrong


def _numbers(report: Report, slug: str, due: Expected, rows: Rows) -> None:
    """Claims, conflicts and gaps, each exactly."""
    kiosks = due.tenants[slug].kiosks
    claims, conflicts = rows.claims(slug, kiosks), rows.conflicts(slug, kiosks)
    sure = {key for key, one in due.dues.items() if one.tenant == slug and one.sure}
    maybe = {key for key, one in due.dues.items() if one.tenant == slug and not one.sure}
    if strays := (claims - maybe) ^ sure:
        report.faults.append(f"{slug}: claims of {sorted(strays)[:EXAMPLES]}")
    wanted = {key for key in due.conflicts if key[0] in kiosks}
    report.conflicts += len(conflicts)
    if strays := wanted ^ conflicts:
        report.faults.append(f"{slug}: conflicts of {sorted(strays)[:EXAMPLES]}")
    for kiosk in kiosks:
        is_ = rows.missing(slug, kiosk)
        report.gaps += len(is_)
        # Of a run that was cut short nobody knows how far it came.
        if not any(key[0] == kiosk for key in maybe) and sorted(is_) != due.missing(kiosk):
            report.faults.append(f"{slug}: {kiosk} misses {is_}, not {due.missing(kiosk)}")


def _wallet(
    report: Report, name: str, purse: Purse, row: WalletRow | None, lost: list[Due], now: float
) -> None:
    """Records that never came have taken nothing."""
    if row is None:
        report.faults.append(f"{name} is missing")
        return
    if purse.maybe:
        return
    own = [due for due in lost if due.wallet and name.endswith(due.wallet)]
    posted = purse.posted + sum(due.captured for due in own)
    owed = purse.owed - sum(due.receivable for due in own)
    if (row.posted, row.owed) != (posted, owed):
        report.faults.append(
            f"{name} has {row.posted} and owes {row.owed}, instead of {posted} and {owed}"
        )
    if not own and row.held != purse.held(now):
        report.faults.append(f"{name}: {row.held} are set aside instead of {purse.held(now)}")


def _leases(
    report: Report, slug: str, due: Expected, present: dict[Key, Due], found: dict[str, int]
) -> None:
    """What was taken of each is what its records took, and never more than it is."""
    taken: Counter[str] = Counter()
    for one in present.values():
        taken[one.hold] += one.captured
    kiosks = due.tenants[slug].kiosks
    for name, hold in due.holds.items():
        if not (hold.lease and hold.kiosk in kiosks):
            continue
        if found.get(name) != taken[name] or taken[name] > hold.amount:
            report.faults.append(
                f"{slug}: of lease {name} {found.get(name)} was taken, not {taken[name]}"
            )
