"""The storm's judge itself: an event that is lost, doubled or made up is noticed."""

from typing import Any, cast

import pytest

from radius.simulator.journal import Fact
from tests.e2e.conftest import Stack
from tests.soak import truth

PACKETS = [
    ("r-1", "Start"),
    ("r-1", "Stop"),
    ("r-2", "Stop"),
    ("", "Accounting-On"),
    ("r-3", "Start"),
]
JOURNAL: list[Fact] = [
    {"fact": "run", "run": "r", "tenants": ["acme"]},
    *(
        {"fact": "record", "n": number, "tenant": "acme", "session": session, "status": status}
        for number, (session, status) in enumerate(PACKETS)
    ),
    # The last one was sent and never acknowledged.
    *({"fact": "acked", "n": number} for number in range(4)),
]
RIGHT = [
    ("r-1", "session.started", 1),
    ("r-1", "session.stopped", 2),
    ("r-1", "session.resumed", 1),
    ("r-2", "session.stopped", 1),
]


class Canned:
    """Answers of a database."""

    def __init__(self, events: list[Any], log: tuple[Any, ...], rejected: list[Any]) -> None:
        self._answers = {truth.LOG: [log], truth.EVENTS: events}
        self._answers[truth.ENDED.format("ts_acme")] = [("r-1",), ("r-2",)]
        self._answers[truth.REJECTED.format("ts_acme")] = rejected

    def sql(self, statement: str, *_parameters: Any) -> list[Any]:
        return self._answers[statement]


def faults(
    events: list[Any], log: tuple[Any, ...] = ("ts_acme", 5, 5, 5, 5), rejected: Any = ()
) -> list[str]:
    return truth.event_faults(cast(Stack, Canned(events, log, list(rejected))), JOURNAL)[1]


def test_what_is_right_has_no_fault() -> None:
    assert faults(RIGHT) == []


@pytest.mark.parametrize("place", range(len(RIGHT)))
def test_an_event_that_is_lost_or_doubled_is_noticed(place: int) -> None:
    session, kind, count = RIGHT[place]
    for wrong in (count - 1, count + 1):
        assert len(faults([*RIGHT[:place], (session, kind, wrong), *RIGHT[place + 1 :]])) == 1


def test_a_session_that_the_journal_does_not_know_is_noticed() -> None:
    assert faults([*RIGHT, ("r-9", "session.started", 1)]) == ["ts_acme r-9: 1 started, 0 stopped"]


def test_a_gap_or_a_reject_without_its_event_is_noticed() -> None:
    assert len(faults(RIGHT, log=("ts_acme", 5, 4, 4, 4))) == 1
    assert len(faults(RIGHT, log=("ts_acme", 5, 5, 5, 4))) == 1
    assert len(faults(RIGHT, rejected=[("20260101.1", 0, 1)])) == 1
