"""Every kind of fault is found in rows made up for it: a check that cannot fail proves nothing."""

from dataclasses import replace
from typing import Any

import pytest

from radius.simulator.board import tenant_tag
from radius.simulator.compare import LoginRow, SessionRow, compare_logins, compare_sessions
from radius.simulator.journal import Fact
from radius.simulator.ledger import Ledger, read_ledger
from radius.simulator.reconcile import Unavailable, reconcile
from radius.simulator.report import Report

TAGS = {"acme": tenant_tag("r", 0), "blue": tenant_tag("r", 1)}
RUN: Fact = {"fact": "run", "run": "r", "tenants": ["acme", "blue"], "seed": 1, "at": 1000.0}
END: Fact = {"fact": "end", "at": 2000.0}


def mac(tenant: str, number: int = 1) -> str:
    return f"{TAGS[tenant]}{number:04X}"


def record(n: int, status: str, event: int, **other: Any) -> Fact:
    fact: Fact = {
        "fact": "record",
        "n": n,
        "tenant": "acme",
        "router": "127.71.0.1",
        "stamped": True,
    }
    fact |= {"status": status, "event": event, "session": "r-1", "user": "sim-0001"}
    fact |= {"mac": mac("acme"), "seconds": 0, "in": 0, "out": 0, "cause": "", "repeat": False}
    return fact | {"at": event} | other


def acked(n: int, sent: float = 0, at: float = 0) -> Fact:
    return {"fact": "acked", "n": n, "tries": 1, "sent": sent, "at": at}


START = [record(1, "Start", 1010), acked(1)]
INTERIM = [record(2, "Interim-Update", 1070, seconds=60, **{"in": 5, "out": 6}), acked(2)]
STOP = [
    record(3, "Stop", 1100, seconds=90, cause="User-Request", **{"in": 7, "out": 8}),
    acked(3),
]
ROW = SessionRow(
    "acme", "r-1", "sim-0001", "127.71.0.1", mac("acme"), 1010, 1100, 7, 8, "User-Request"
)


def ledger(*facts: Fact, ended: bool = True) -> Ledger:
    return read_ledger([RUN, *facts, *([END] if ended else [])])


def counts(book: Ledger, *rows: SessionRow) -> dict[str, int]:
    """The tallies of both tenants that are not zero, without `expected` and `found`."""
    tallies = compare_sessions(book, rows)
    return {
        f"{tenant} {what}": getattr(tally, what)
        for tenant, tally in tallies.items()
        for what in ("missing", "doubled", "different", "foreign")
        if getattr(tally, what)
    }


def test_the_right_row_is_no_fault() -> None:
    assert counts(ledger(*START, *INTERIM, *STOP), ROW) == {}


def test_a_session_that_is_not_there_is_missing() -> None:
    assert counts(ledger(*START, *STOP)) == {"acme missing": 1}


def test_a_session_that_is_there_twice_is_doubled() -> None:
    assert counts(ledger(*START, *STOP), ROW, ROW) == {"acme doubled": 1}


def test_a_session_in_the_other_tenant_is_foreign_there_and_missing_here() -> None:
    stray = replace(ROW, tenant="blue")
    assert counts(ledger(*START, *STOP), stray) == {"acme missing": 1, "blue foreign": 1}
    assert counts(ledger(*START, *STOP), ROW, stray) == {"blue foreign": 1}


def test_a_session_that_nobody_sent_is_foreign() -> None:
    assert counts(ledger(*START, *STOP), ROW, replace(ROW, session="r-2")) == {"acme foreign": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "sim-0002"},
        {"router": "127.71.0.2"},
        {"mac": mac("acme", 2)},
        {"start": 1011},
        {"start": None},
        {"stop": 1099},
        {"stop": None},
        {"octets_in": 5},
        {"octets_out": 6},
        {"octets_out": 8 + 2**32},
        {"cause": "Lost-Carrier"},
    ],
    ids=str,
)
def test_a_row_that_says_something_else_is_different(wrong: dict[str, Any]) -> None:
    row = replace(ROW, **wrong)
    assert counts(ledger(*START, *INTERIM, *STOP), row) == {"acme different": 1}


def test_an_open_session_must_be_open() -> None:
    book = ledger(*START, *INTERIM)
    assert counts(book, replace(ROW, stop=None, octets_in=5, octets_out=6, cause="")) == {}
    assert counts(book, replace(ROW, octets_in=5, octets_out=6)) == {"acme different": 1}


def test_a_reboot_ends_sessions_of_that_router_at_their_last_update() -> None:
    on = [record(9, "Accounting-On", 1200, session="", user="", mac=""), acked(9)]
    row = replace(ROW, stop=1070, octets_in=5, octets_out=6, cause="NAS-Reboot")
    assert counts(ledger(*START, *INTERIM, *on), row) == {}
    assert counts(ledger(*START, *INTERIM, *on), replace(row, stop=1200)) == {"acme different": 1}
    elsewhere = [on[0] | {"router": "127.71.0.2"}, acked(9)]
    assert counts(ledger(*START, *INTERIM, *elsewhere), row) == {"acme different": 1}


def test_a_device_that_roams_ends_its_older_session_at_its_last_update() -> None:
    roamed = [record(4, "Start", 1090, session="r-2", router="127.71.0.2"), acked(4)]
    newer = replace(ROW, session="r-2", router="127.71.0.2", start=1090, stop=None, cause="")
    newer = replace(newer, octets_in=0, octets_out=0)
    older = replace(ROW, stop=1070, octets_in=5, octets_out=6, cause="Lost-Carrier")
    book = ledger(*START, *INTERIM, *roamed)
    assert counts(book, older, newer) == {}
    assert counts(book, replace(older, stop=1090), newer) == {"acme different": 1}
    assert counts(book, replace(older, stop=None, cause=""), newer) == {"acme different": 1}


def test_a_lost_start_is_the_events_time_minus_the_sessions() -> None:
    assert counts(ledger(*STOP), ROW) == {}
    assert counts(ledger(*STOP), replace(ROW, start=1100)) == {"acme different": 1}


def test_without_event_timestamp_the_time_may_lie_as_far_off_as_the_answer_took() -> None:
    book = ledger(record(1, "Start", 1010, stamped=False), acked(1, sent=1010, at=1013.5))
    row = replace(ROW, stop=None, octets_in=0, octets_out=0, cause="")
    assert counts(book, replace(row, start=1016)) == {}
    assert counts(book, replace(row, start=1017)) == {"acme different": 1}
    assert counts(book, replace(row, start=1008)) == {"acme different": 1}


def test_a_record_never_acknowledged_may_have_arrived_or_not() -> None:
    book = ledger(*START, *INTERIM, STOP[0], ended=False)
    assert counts(book, ROW) == {}
    assert counts(book, replace(ROW, stop=None, octets_in=5, octets_out=6, cause="")) == {}
    assert counts(book, replace(ROW, stop=1090)) == {"acme different": 1}
    assert counts(book) == {"acme missing": 1}
    assert counts(ledger(START[0], ended=False)) == {}


def login(n: int, answer: str, *, expected: str = "accept", tries: int = 1) -> list[Fact]:
    fact: Fact = {"fact": "login", "n": n, "tenant": "acme", "router": "127.71.0.1"}
    fact |= {"user": "sim-0001", "mac": mac("acme"), "flavour": "right", "expected": expected}
    return [fact | {"at": 1010}, {"fact": "answer", "n": n, "answer": answer, "tries": tries}]


def login_counts(book: Ledger, **rows: int) -> list[tuple[int, int, int, int]]:
    found = [LoginRow("acme", mac("acme"), "sim-0001", f"Access-{k}", n) for k, n in rows.items()]
    tallies = compare_logins(book, found, TAGS).values()
    return [(t.missing, t.doubled, t.different, t.foreign) for t in tallies]


CLEAN = (0, 0, 0, 0)


def test_logins_are_counted_by_user_and_answer() -> None:
    book = ledger(*login(1, "accept"), *login(2, "accept"), *login(3, "reject", expected="reject"))
    assert login_counts(book, Accept=2, Reject=1) == [CLEAN, CLEAN]
    assert login_counts(book, Accept=1, Reject=1) == [(1, 0, 0, 0), CLEAN]
    assert login_counts(book, Accept=3, Reject=1) == [(0, 1, 0, 0), CLEAN]
    assert login_counts(book, Accept=1, Reject=2) == [(0, 0, 1, 0), CLEAN]


def test_an_unanswered_login_may_have_left_rows_or_not() -> None:
    book = ledger(*login(1, "accept"), *login(2, "none", tries=3))
    assert login_counts(book, Accept=1) == [CLEAN, CLEAN]
    assert login_counts(book, Accept=4) == [CLEAN, CLEAN]
    assert login_counts(book, Accept=5) == [(0, 1, 0, 0), CLEAN]
    assert login_counts(book, Accept=1, Reject=1) == [(0, 0, 1, 0), CLEAN]


def test_a_login_in_the_other_tenant_is_foreign_there() -> None:
    book = ledger(*login(1, "accept"))
    stray = LoginRow("blue", mac("acme"), "sim-0001", "Access-Accept", 1)
    tallies = compare_logins(book, [stray], TAGS)
    assert (tallies["acme"].missing, tallies["blue"].foreign) == (1, 1)


def report(book: Ledger) -> Report:
    return Report(book, compare_sessions(book, []), compare_logins(book, [], TAGS))


def test_wrong_answers_are_faults_of_their_own() -> None:
    rejected = report(ledger(*login(1, "reject")))
    accepted = report(ledger(*login(1, "accept", expected="reject")))
    assert "right passwords rejected: 1" in rejected.text()
    assert "wrong passwords accepted: 1" in accepted.text()
    assert not rejected.clean
    assert not accepted.clean


def test_unanswered_accounting_is_a_fault_of_a_run_that_ended() -> None:
    assert not report(ledger(START[0])).clean
    assert report(ledger(START[0], ended=False)).clean


class Late:
    """A database whose ingester lags: the row comes at the third look, a double at the fifth."""

    def __init__(self, *, doubles: bool) -> None:
        self.looks = 0
        self.doubles = doubles

    def sessions(self, _ledger: Ledger) -> list[SessionRow]:
        self.looks += 1
        if self.looks == 2:
            raise Unavailable("restarting")
        return [ROW] * ((self.looks >= 3) + (self.doubles and self.looks >= 4))

    def logins(self, _ledger: Ledger) -> list[LoginRow]:
        return []


def test_reconciling_waits_for_the_ingester_and_through_a_restart() -> None:
    late = Late(doubles=False)
    assert reconcile(ledger(*START, *STOP), late, pause=0).clean
    assert late.looks == 4


def test_a_double_that_comes_after_the_first_clean_look_is_found() -> None:
    found = reconcile(ledger(*START, *STOP), Late(doubles=True), settle=0.2, pause=0)
    assert found.sessions["acme"].doubled == 1
    assert "is there 2 times" in found.text()


def test_a_database_that_stays_away_is_said_so() -> None:
    class Away(Late):
        def sessions(self, _ledger: Ledger) -> list[SessionRow]:
            raise Unavailable("no server")

    with pytest.raises(Unavailable):
        reconcile(ledger(*START), Away(doubles=False), settle=0.1, pause=0.01)
