"""The simulator's judge: every difference is noticed, and none where there is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from transactions.water.simulation.compare import Report, compare
from transactions.water.simulation.plan import Clock, Manner, Spell, Twist, plan

from .story import FUNDS, NOW, Honest, Story, lent, record


def told() -> Story:
    story = Story()
    story.lease("l1", 50_000)
    story.hold("h1", 1000, 30_000)
    story.records(lent(1), balance=FUNDS - 30_000)
    story.records(record(2, "h1"), balance=FUNDS - 60_000)
    story.records(record(3))
    return story


def judged(spoil: Callable[[Honest], Any] = lambda _rows: None) -> Report:
    due = told().end()
    rows = Honest(due)
    spoil(rows)
    return compare(due, rows, NOW + 2)


def test_what_is_right_has_no_difference() -> None:
    report = judged()
    assert report.clean
    assert "3 records (3 completed)" in report.text()
    assert (report.ml, report.captured) == (3000, 60_000)


CHANGES: dict[str, Any] = {
    "state": "partial",
    "wallet": "w2",
    "ml": 999,
    "cost": 1,
    "captured": 29_999,
    "receivable": 1,
    "overrun": 1,
    "refunded": 1,
    "flags": frozenset({"time_estimated"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_value_that_differs_is_noticed(name: str) -> None:
    def spoil(rows: Honest) -> None:
        rows.rows[0] = replace(rows.rows[0], **{name: CHANGES[name]})

    assert len(judged(spoil).faults) == 1


def test_another_day_is_noticed() -> None:
    def spoil(rows: Honest) -> None:
        rows.rows[0] = replace(rows.rows[0], day=rows.rows[0].day - timedelta(days=1))

    assert len(judged(spoil).faults) == 1


SPOILS: dict[str, Callable[[Honest], Any]] = {
    "doubled": lambda rows: rows.rows.append(rows.rows[2]),
    "from nowhere": lambda rows: rows.rows.append(replace(rows.rows[0], key=("k1", 1, 9))),
    "claimed": lambda rows: rows.taken.add(("k1", 1, 9)),
    "not claimed": lambda rows: rows.taken.discard(("k1", 1, 1)),
    "conflict": lambda rows: rows.odd.add(("k1", 1, 1)),
    "gap": lambda rows: rows.gaps["k1"].append((1, 4, 4)),
    "money": lambda rows: rows.purses.update(
        w1=replace(rows.purses["w1"], posted=rows.purses["w1"].posted + 1)
    ),
    "debt": lambda rows: rows.purses.update(w1=replace(rows.purses["w1"], owed=1)),
    "held": lambda rows: rows.purses.update(s1=replace(rows.purses["s1"], held=1)),
    "no wallet": lambda rows: rows.purses.pop("s1"),
    "lease": lambda rows: rows.leases.update(l1=29_999),
    "crooked": lambda rows: setattr(rows, "crooked", 1),
}


@pytest.mark.parametrize("name", SPOILS)
def test_what_is_too_much_or_too_little_is_noticed(name: str) -> None:
    assert len(judged(SPOILS[name]).faults) == 1


def test_a_missing_record_is_noticed_and_money_that_it_took_as_well() -> None:
    def spoil(rows: Honest) -> None:
        rows.rows.pop(0)

    assert any("missing" in fault for fault in judged(spoil).faults)


@pytest.mark.parametrize("came", [True, False])
def test_a_batch_that_nobody_answered_is_right_either_way(came: bool) -> None:
    story = told()
    without = Honest(story.end())
    story.ask("records", records=[lent(4)])
    due = story.end()
    rows = Honest(due) if came else without
    assert compare(due, rows, NOW + 2).faults == []


def planned(seed: int = 1) -> list[Spell]:
    return plan(seed=seed, tenants=["acme", "blue"], kiosks=3, rate=20, duration=60, spell=12)


def test_the_same_seed_is_the_same_plan_and_holds_everything() -> None:
    assert planned() == planned()
    assert planned() != planned(2)
    pours = [pour for spell in planned() for pour in (*spell.offline, *spell.live)]
    assert {pour.twist for pour in pours} == set(Twist)
    assert {spell.clock for spell in planned()} == set(Clock)
    assert {manner for spell in planned() for manner in spell.manners} == set(Manner)
    assert any(spell.hours > 49 for spell in planned())


@pytest.mark.parametrize("what", ["kiosks", "payments"])
def test_a_file_that_is_no_journal_of_this_kind_is_misuse(tmp_path: Path, what: str) -> None:
    path = tmp_path / "journal"
    path.write_text('{"fact":"run","what":"other"}\n')
    with pytest.raises(CommandError) as error:
        call_command("simulate", what, "--reconcile", str(path))
    assert error.value.returncode == 2
