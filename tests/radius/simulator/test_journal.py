"""The journal survives what happens to simulators, and tells no passwords."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from radius.simulator.actions import Answer, Flavour, Login
from radius.simulator.journal import Journal, JournalError, read_journal
from radius.simulator.participants import Router
from radius.simulator.transport import Outcome

ROUTER = Router("acme", "127.71.0.1", b"router's secret")
LOGIN = Login(1, ROUTER, "sim-0001", "a password", "02A1B2000001", Flavour.RIGHT, chap=True)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.begin("run", ["acme"], 1, 1000.0)
    journal.sent(LOGIN, 1001.0)
    journal.done(Outcome(LOGIN, Answer.ACCEPT, 2, 1001.0, 1003.5))
    yield path  # not closed yet: as after a kill
    journal.close()


def test_facts_are_on_disk_at_once(path: Path) -> None:
    facts = list(read_journal(path))
    assert [fact["fact"] for fact in facts] == ["run", "login", "answer"]
    assert facts[1]["expected"] == "accept"
    assert (facts[2]["answer"], facts[2]["tries"], facts[2]["at"]) == ("accept", 2, 1003.5)


def test_no_secret_is_written(path: Path) -> None:
    text = path.read_text()
    assert "a password" not in text
    assert "router's secret" not in text


def test_a_line_cut_short_is_passed_over(path: Path) -> None:
    path.write_text(path.read_text() + '{"fact":"recor')
    assert len(list(read_journal(path))) == 3


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hello\n", "line 1: not JSON"),
        ('{"fact":"login"}\n', "is this a journal"),
        ('{"fact":"run"}\n[]\n', "line 2: not a fact"),
    ],
)
def test_what_is_not_a_journal_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "other"
    path.write_text(text)
    with pytest.raises(JournalError, match=complaint):
        list(read_journal(path))


def test_without_a_file_facts_are_forgotten() -> None:
    journal = Journal(None)
    journal.begin("run", [], 1, 0)
    journal.sent(LOGIN, 0)
    journal.close()
