"""The simulator finds every difference, and none where there is none."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from transactions.payments.simulation.expected import Expected, expected
from transactions.payments.simulation.journal import Journal, read_journal
from transactions.payments.simulation.plan import UNASKED, Fate, Script, plan
from transactions.payments.simulation.reconcile import ReceiptRow, Report, compare
from wificore.kernel.simulating import JournalError

RUN = "ABCDEFGH"
MICRO = 1_000_000


def planned(seed: int = 1) -> list[Script]:
    return plan(seed=seed, run=RUN, tenants=["acme"], wallets=2, rate=10, duration=10)


def test_the_same_seed_is_the_same_plan() -> None:
    assert planned() == planned()
    assert planned() != planned(2)
    assert {script.fate for script in planned()} == set(Fate)
    assert len({(script.wallet, script.amount) for script in planned()}) == 100


def played(path: Path, *, ended: bool = True) -> Expected:
    """A journal of a run in which everything was acknowledged."""
    journal = Journal(path)
    journal.begin(run=RUN, seed=1, wallets={"acme": ["w0", "w1"]})
    for script in planned():
        journal.script(script)
        if script.fate not in UNASKED:
            journal.asked(script.number)
        for message in MESSAGES.get(script.fate, ()):
            journal.sent(script.number, message)
            journal.acked(script.number, message)
    if ended:
        journal.end()
    journal.close()
    return expected(read_journal(path))


MESSAGES = {
    Fate.PAID: ("success",),
    Fate.DOUBLED: ("success",),
    Fate.LATE: ("failure", "success"),
    Fate.CANCELLED: ("failure",),
    Fate.TOLD: ("confirmation",),
    Fate.BOTH: ("success", "confirmation"),
    Fate.DIRECT: ("confirmation",),
    Fate.STRAY: ("confirmation",),
}


@dataclass
class Books:
    """What a database might hold."""

    amounts: dict[str, list[int]] = field(default_factory=lambda: {"w0": [], "w1": []})
    rows: dict[str, ReceiptRow] = field(default_factory=dict)
    wrong: int = 0

    def credits(self, tenant: str, wallets: list[str]) -> dict[str, list[int]]:
        return self.amounts

    def receipts(self, tenant: str, run: str) -> list[ReceiptRow]:
        return list(self.rows.values())

    def unbalanced(self, tenant: str) -> int:
        return self.wrong


def right(due: Expected) -> Books:
    books = Books()
    for payment in due.payments:
        if payment.credited and not payment.stray:
            books.amounts[f"w{payment.wallet}"].append(payment.amount * MICRO)
        if payment.receipt:
            state = "suspense" if payment.stray else "credited"
            row = ReceiptRow(payment.receipt, state, payment.amount * MICRO)
            books.rows[payment.receipt] = row
    return books


def test_right_books_are_clean(tmp_path: Path) -> None:
    due = played(tmp_path / "journal.jsonl")
    report = compare(due, right(due))
    assert report.clean, report.text()
    assert report.payments == 100
    assert report.credited > 50


def lose(books: Books) -> None:
    books.amounts["w0"].pop()


def double(books: Books) -> None:
    books.amounts["w0"].append(books.amounts["w0"][0])


def invent(books: Books) -> None:
    books.amounts["w1"].append(7)


def take_back(books: Books) -> None:
    books.amounts["w1"].append(-books.amounts["w1"][0])


def forget(books: Books) -> None:
    books.rows.popitem()


def move(books: Books) -> None:
    receipt, row = books.rows.popitem()
    books.rows[receipt] = ReceiptRow(receipt, row.state, row.amount + 1)


def unbalance(books: Books) -> None:
    books.wrong = 1


@pytest.mark.parametrize("spoil", [lose, double, invent, take_back, forget, move, unbalance])
def test_each_fault_is_found(tmp_path: Path, spoil: Any) -> None:
    due = played(tmp_path / "journal.jsonl")
    books = right(due)
    spoil(books)
    report: Report = compare(due, books)
    assert len(report.faults) == 1, report.text()


def test_what_a_killed_run_had_sent_and_nobody_acknowledged_may_be_there_or_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.jsonl"
    played(path, ended=False)
    lines = path.read_text().splitlines()
    cut = next(i for i, line in enumerate(lines) if '"acked"' in line and '"success"' in line)
    path.write_text("\n".join([*lines[:cut], ""]))
    due = expected(read_journal(path))
    assert not due.ended
    assert [payment.sure for payment in due.payments].count(False) == 1
    books = right(due)
    assert compare(due, books).clean
    unsure = next(payment for payment in due.payments if not payment.sure)
    books.amounts[f"w{unsure.wallet}"].append(unsure.amount * MICRO)
    assert compare(due, books).clean
    books.amounts[f"w{unsure.wallet}"].append(unsure.amount * MICRO)
    assert not compare(due, books).clean


def test_another_file_is_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"fact":"run"}\n')
    with pytest.raises(JournalError):
        list(read_journal(path))


@pytest.mark.parametrize(
    "arguments",
    [["--rate", "0"], ["--wallets", "501"], ["--duration", "-1"], ["--reconcile", "/nowhere"]],
)
def test_misuse_is_refused_before_anything_is_sent(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("simulate", "payments", *arguments)
    assert refusal.value.returncode == 2
