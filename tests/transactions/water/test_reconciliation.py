"""Invariant 9: what the meter counted is sold, test, free or unexplained, to the millilitre."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.water.reconciliation import (
    LEAST_ML,
    DayWater,
    Gap,
    Reading,
    Use,
    days,
    flows,
    is_in_doubt,
)

MONDAY = date(2026, 3, 2)
L = 1000


def reading(seq: int, totalizer: int, ml: int, use: Use = Use.SOLD, **other: int) -> Reading:
    day = MONDAY + timedelta(days=other.get("day", 0))
    return Reading(other.get("epoch", 1), seq, day, totalizer, ml, use)


def test_a_days_change_is_sold_test_free_and_unexplained() -> None:
    rows = [
        reading(1, 120 * L, 20 * L),
        reading(2, 125 * L, 5 * L, Use.TEST),
        reading(3, 130 * L, 4 * L, Use.FREE),
        reading(4, 151 * L, 21 * L),
    ]
    day = days(rows)[MONDAY]
    assert (day.change_ml, day.sold_ml, day.test_ml, day.free_ml) == (51 * L, 41 * L, 5 * L, 4 * L)
    assert (day.unexplained_ml, day.in_doubt) == (1 * L, False)


def test_water_of_the_night_belongs_to_the_first_record_after_it() -> None:
    rows = [reading(1, 100 * L, 20 * L), reading(2, 180 * L, 20 * L, day=1)]
    found = days(rows)
    assert found[MONDAY].unexplained_ml == 0
    tuesday = found[MONDAY + timedelta(days=1)]
    assert (tuesday.unexplained_ml, tuesday.in_doubt) == (60 * L, True)


def test_a_record_that_is_not_trusted_explains_nothing_but_is_no_gap() -> None:
    rows = [
        reading(1, 100 * L, 10 * L),
        Reading(1, 2, MONDAY, 9_000_000 * L, 99 * L, Use.NONE),
        reading(3, 150 * L, 20 * L),
    ]
    assert days(rows)[MONDAY].unexplained_ml == 30 * L
    assert [flow.adjacent for flow in flows(rows)] == [False, False]


def test_a_gap_belongs_to_the_day_of_the_record_after_it() -> None:
    rows = [reading(1, 10 * L, 10 * L), reading(5, 60 * L, 10 * L, day=1)]
    found = days(rows, [Gap(1, 2, 4), Gap(1, 6, 9)])
    assert found[MONDAY].gaps == []
    assert found[MONDAY + timedelta(days=1)].gaps == [Gap(1, 2, 4)]


def test_a_new_epoch_goes_on_with_the_same_meter_or_begins_at_nothing() -> None:
    before = reading(7, 500 * L, 20 * L)
    goes_on = days([before, reading(1, 530 * L, 20 * L, epoch=2)])[MONDAY]
    assert goes_on.unexplained_ml == 10 * L
    began = days([before, reading(1, 25 * L, 20 * L, epoch=2)])[MONDAY]
    assert began.unexplained_ml == 5 * L


def test_a_meter_that_runs_backwards_is_seen() -> None:
    back = list(flows([reading(1, 500 * L, 20 * L), reading(2, 480 * L, 20 * L)]))[1]
    assert (back.passed_ml, back.besides_ml) == (-20 * L, -40 * L)


@pytest.mark.parametrize(
    ("change", "unexplained", "doubt"),
    [
        (0, LEAST_ML, False),
        (0, LEAST_ML + 1, True),
        (100 * LEAST_ML, LEAST_ML, False),
        (500 * LEAST_ML, 5 * LEAST_ML, False),
        (500 * LEAST_ML, 5 * LEAST_ML + 1, True),
        (0, -LEAST_ML - 1, True),
    ],
)
def test_the_bound_is_a_hundredth_and_at_least_20_litres(
    change: int, unexplained: int, doubt: bool
) -> None:
    assert is_in_doubt(change, unexplained) is doubt


# What happened at a tap: water that nobody dispensed before it, what was dispensed and what for,
# on which day, whether its record is lost, whether the device forgot its numbers and meter.
EVENT = st.tuples(
    st.integers(0, 3_000),
    st.integers(0, 25_000),
    st.sampled_from([Use.SOLD, Use.SOLD, Use.TEST, Use.FREE, Use.NONE]),
    st.integers(0, 4),
    st.booleans(),
    st.integers(0, 30),
)


def played(events: Sequence[tuple[int, int, Use, int, bool, int]]) -> tuple[list[Reading], int]:
    """The records that came, and what really passed from the first trusted one's beginning on."""
    rows: list[Reading] = []
    epoch, seq, meter, passed, known = 1, 0, 40_000, 0, False
    for leak, ml, use, day, lost, forget in events:
        if forget == 0:
            epoch, seq, meter = epoch + 1, 0, 0
        seq += 1
        meter += leak + ml
        passed += leak + ml if known else 0
        if lost:
            continue
        rows.append(Reading(epoch, seq, MONDAY + timedelta(days=day), meter, ml, use))
        if use is not Use.NONE and not known:
            known, passed = True, ml
    return rows, passed


@given(st.lists(EVENT, max_size=40), st.randoms(use_true_random=False))
def test_days_add_up_to_the_meter_whatever_is_lost_leaks_or_comes_late(
    events: list[tuple[int, int, Use, int, bool, int]], chance: random.Random
) -> None:
    rows, passed = played(events)
    trusted = [index for index, row in enumerate(rows) if row.trusted]
    arrived = chance.sample(rows, len(rows))
    found = days(sorted(arrived, key=lambda row: (row.epoch, row.seq)))
    used = sum(row.ml for row in rows if row.trusted)
    sums = [_sum(found, name) for name in ("sold_ml", "test_ml", "free_ml")]
    assert sum(sums) == used
    seen = _sum(found, "change_ml")
    assert seen == used + _sum(found, "unexplained_ml")
    if not any(event[5] == 0 for event in events) and trusted:
        # One meter: it counts on, so nothing is unseen but what came after the last record.
        first, last = rows[trusted[0]], rows[trusted[-1]]
        assert first.totalizer_ml is not None
        assert last.totalizer_ml is not None
        assert seen == last.totalizer_ml - first.totalizer_ml + first.ml
        assert seen <= passed


def naive(rows: list[Reading]) -> int:
    """What one writes at first: each day's last reading less its first one."""
    of_day: dict[date, list[int]] = {}
    for row in rows:
        if row.trusted:
            of_day.setdefault(row.day, []).append(row.totalizer_ml or 0)
    return sum(max(meter) - min(meter) for meter in of_day.values())


def test_the_first_idea_loses_what_passes_between_days_and_at_their_beginning() -> None:
    rows = [reading(1, 100 * L, 20 * L), reading(2, 180 * L, 20 * L, day=1)]
    assert naive(rows) == 0
    assert _sum(days(rows), "change_ml") == 100 * L


def _sum(found: dict[date, DayWater], name: str) -> int:
    return sum(getattr(day, name) for day in found.values())
