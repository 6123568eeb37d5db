"""The reconciliation as people read it, and whether it is clean."""

from collections.abc import Mapping
from dataclasses import dataclass

from radius.simulator.compare import Tally
from radius.simulator.ledger import Ledger

COLUMNS = ("expected", "found", "missing", "doubled", "different", "foreign")


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared: the ledger itself, and tallies by table and tenant."""

    ledger: Ledger
    sessions: Mapping[str, Tally]
    logins: Mapping[str, Tally]

    @property
    def open_faults(self) -> int:
        """Differences in the database, which waiting for the ingester may still mend."""
        return sum(tally.faults for tally in self._tallies().values())

    @property
    def clean(self) -> bool:
        """Whether everything is as it must be."""
        ledger = self.ledger
        wrong = len(ledger.rejected_right) + len(ledger.accepted_wrong)
        unanswered = ledger.unacknowledged if ledger.ended else 0
        return self.open_faults == 0 and wrong == 0 and unanswered == 0

    def text(self) -> str:
        """Return the table, the answers and up to ten examples a table."""
        lines = [f"{'':18}" + "".join(f"{name:>11}" for name in COLUMNS)]
        for name, tally in self._tallies().items():
            lines.append(f"{name:18}" + "".join(f"{getattr(tally, c):>11}" for c in COLUMNS))
        lines += self._answers()
        for name, tally in self._tallies().items():
            lines += [f"  {name}: {example}" for example in tally.examples]
        lines.append("reconciled: everything is there once" if self.clean else "NOT reconciled")
        return "\n".join(lines)

    def _tallies(self) -> dict[str, Tally]:
        named = {f"sessions {tenant}": tally for tenant, tally in self.sessions.items()}
        return named | {f"logins {tenant}": tally for tenant, tally in self.logins.items()}

    def _answers(self) -> list[str]:
        ledger = self.ledger
        answers = ", ".join(f"{what} {n}" for what, n in sorted(ledger.answers.items()))
        lines = [
            f"answers: {answers or 'none'}",
            f"right passwords rejected: {len(ledger.rejected_right)}",
            f"wrong passwords accepted: {len(ledger.accepted_wrong)}",
            f"accounting unanswered: {ledger.unacknowledged}"
            + ("" if ledger.ended else " (the run was cut short: may be stored or not)"),
        ]
        for fact in (ledger.rejected_right + ledger.accepted_wrong)[:10]:
            who = f"{fact['user']} of {fact['tenant']}"
            lines.append(f"  {who} at {fact['router']}: {fact['flavour']}")
        return lines
