"""Every difference between what the journal demands and what the books hold."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from .expected import Expected, Payment

EXAMPLES = 10
SETTLE_S = 180.0
POLL_S = 2.0


class Unavailable(Exception):
    """The database cannot be asked now."""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt in the database; `amount` in micro-units."""

    receipt: str
    state: str
    amount: int


class Rows(Protocol):
    """What the database holds of a run."""

    def credits(self, tenant: str, wallets: list[str]) -> dict[str, list[int]]:
        """Amounts in micro-units that came into each wallet; taken back ones are negative."""

    def receipts(self, tenant: str, run: str) -> list[ReceiptRow]:
        """Receipts that begin with the run's name."""

    def unbalanced(self, tenant: str) -> int:
        """Transfers whose entries do not sum to 0."""


@dataclass(slots=True)
class Report:
    """What was compared, and each fault in words."""

    payments: int = 0
    credited: int = 0
    suspense: int = 0
    receipts: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.faults

    def text(self) -> str:
        head = (
            f"{self.payments} payments: {self.credited} credited, {self.suspense} in suspense,"
            f" {self.receipts} receipts; {len(self.faults)} differences"
        )
        more = [f"  {fault}" for fault in self.faults[:EXAMPLES]]
        return "\n".join([head, *more])


def reconcile(
    due: Expected, rows: Rows, *, settle: float, progress: Callable[[int], None]
) -> Report:
    """Compare until there is no difference, or for `settle` seconds.

    Raises:
        Unavailable: the database could not be asked until the end.
    """
    deadline = time.monotonic() + settle
    while True:
        over = time.monotonic() >= deadline
        try:
            report = compare(due, rows)
        except Unavailable:
            if over:
                raise
        else:
            progress(len(report.faults))
            if report.clean or over:
                return report
        time.sleep(POLL_S)


def compare(due: Expected, rows: Rows) -> Report:
    """One look."""
    report = Report(payments=len(due.payments))
    for tenant, wallets in due.wallets.items():
        own = [payment for payment in due.payments if payment.tenant == tenant]
        found = rows.credits(tenant, wallets)
        for number, wallet in enumerate(wallets):
            _wallet(report, tenant, number, found.get(wallet, []), own)
        _receipts(report, tenant, rows.receipts(tenant, due.run), own)
        if unbalanced := rows.unbalanced(tenant):
            report.faults.append(f"{tenant}: {unbalanced} transfers do not sum to 0")
    return report


def _wallet(
    report: Report, tenant: str, number: int, amounts: list[int], own: list[Payment]
) -> None:
    """Amounts are unique in a wallet: each one tells whose credit it is."""
    found = Counter(amounts)
    for amount in [a for a in found if a < 0]:
        found[-amount] -= found.pop(amount)
    for payment in own:
        if payment.wallet != number or payment.stray:
            continue
        times = found.pop(payment.amount * 1_000_000, 0)
        report.credited += times
        wanted = 1 if payment.credited else 0
        if times != wanted and (payment.sure or times > 1):
            report.faults.append(
                f"{tenant}: payment {payment.number} was credited {times} times, not {wanted}"
            )
    for amount, times in found.items():
        if times:
            report.faults.append(f"{tenant}: {amount} micro-units came {times} times from nowhere")


def _receipts(report: Report, tenant: str, rows: list[ReceiptRow], own: list[Payment]) -> None:
    found = {row.receipt: row for row in rows}
    report.receipts += len(found)
    for payment in own:
        if not payment.receipt:
            continue
        row = found.get(payment.receipt)
        state = "suspense" if payment.stray else "credited"
        report.suspense += payment.stray and row is not None
        if row is None:
            report.faults.append(f"{tenant}: receipt {payment.receipt} is missing")
        elif (row.state, row.amount) != (state, payment.amount * 1_000_000):
            what = f"{row.state} with {row.amount}"
            report.faults.append(f"{tenant}: receipt {payment.receipt} is {what}, not {state}")
