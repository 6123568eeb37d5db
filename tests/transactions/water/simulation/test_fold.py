"""The simulator's own reckoning of what each record must become."""

from datetime import date

import pytest

from transactions.water.simulation.expected import Due, Expected

from .story import FUNDS, HOUR, NOW, Story, lent, record, text


def due(found: Expected, seq: int) -> Due:
    return found.dues["k1", 1, seq]


def test_a_hold_pays_once_and_what_is_above_it_is_ours() -> None:
    story = Story()
    story.hold("h1", 1000, 30_000)
    story.records(record(1, "h1", ml=1500), balance=FUNDS - 30_000)
    story.records(record(2, "h1"), balance=FUNDS - 30_000)
    found = story.end()
    first, second = due(found, 1), due(found, 2)
    assert (first.captured, first.overrun, first.receivable) == (30_000, 15_000, 0)
    assert (second.captured, second.overrun, second.receivable) == (0, 0, 30_000)
    purse = found.tenants["acme"].purses["w1"]
    assert (purse.posted, purse.owed, purse.held(NOW)) == (FUNDS - 30_000, 30_000, 0)
    assert found.wrong == []


def test_a_lease_is_spent_in_the_order_of_the_numbers_and_the_rest_is_owed() -> None:
    story = Story()
    story.lease("l1", 50_000)
    story.records(lent(2), lent(1), balance=FUNDS - 50_000)
    found = story.end()
    assert [(due(found, n).captured, due(found, n).receivable) for n in (1, 2)] == [
        (30_000, 0),
        (20_000, 10_000),
    ]


def test_after_a_lease_ended_all_is_owed_and_the_next_top_up_pays_it() -> None:
    story = Story()
    story.lease("l1", 50_000)
    story.told(story.ask("lease_end", of="l1"), 200)
    story.records(lent(1), balance=FUNDS)
    paid = {"receivable_paid_micro": 30_000, "balance_micro": FUNDS + 970_000}
    story.told(story.ask("top_up", body={"amount_micro": 1_000_000}), 201, paid)
    found = story.end()
    assert found.wrong == []
    assert found.tenants["acme"].purses["w1"].owed == 0


@pytest.mark.parametrize(
    ("other", "price", "days", "estimated"),
    [
        ({"t": text(NOW - 6 * HOUR)}, 20_000, {20}, False),
        ({"t": text(NOW - 12 * HOUR)}, 20_000, {19}, False),
        ({"t": text(NOW - 49 * HOUR), "tariff_v": 1}, 20_000, {20}, True),
        ({"t": text(NOW + 50_000 * HOUR)}, 30_000, {20}, True),
        ({"t": None, "clk": "unset", "tariff_v": 1}, 20_000, {20}, True),
        ({"t": text(NOW), "clk": "holdover"}, 30_000, {20}, True),
    ],
)
def test_the_price_and_the_day_are_the_clocks_where_it_is_trusted(
    other: dict[str, object], price: int, days: set[int], estimated: bool
) -> None:
    story = Story()
    story.lease("l1", 50_000)
    story.records(lent(1, **other), balance=FUNDS - price)
    found = due(story.end(), 1)
    assert (found.cost, found.estimated) == (price, estimated)
    assert found.days == {date(2026, 11, day) for day in days}


def test_a_neighbour_of_the_same_epoch_tells_the_day() -> None:
    story = Story()
    clock = {"t": None, "clk": "unset", "up_ms": 0}
    story.records(record(2, up_ms=int(20 * HOUR * 1000)))
    story.records(record(1, **clock))
    assert due(story.end(), 1).days == {date(2026, 11, 19)}


@pytest.mark.parametrize(
    "odd",
    [
        {"ml": 90_000_000},
        {"ml": "12"},
        {"tariff_v": 9, "clk": "unset", "t": None},
        {"mode": "hold", "hold": "nobody's"},
        {"mode": "hold", "hold": "l1"},
    ],
)
def test_what_cannot_be_is_quarantined_and_costs_nothing(odd: dict[str, object]) -> None:
    story = Story()
    story.lease("l1", 50_000)
    story.records({**lent(1), **odd}, statuses=("quarantined",))
    found = story.end()
    assert (due(found, 1).state, due(found, 1).cost, found.wrong) == ("quarantined", 0, [])


def test_wrong_answers_are_noticed() -> None:
    story = Story()
    story.records(record(1))
    story.records(record(1, ml=1))  # should be a conflict
    story.records(record(2), statuses=("partial",))
    story.told(story.ask("forged"), 200)
    story.lease("l1", FUNDS + 1)
    story.told(story.ask("refund", of="d1", body={"amount_micro": 1}), 201, {})
    assert len(story.end().wrong) == 5


def test_a_batch_without_an_answer_may_be_there_or_not() -> None:
    story = Story()
    story.lease("l1", 50_000)
    story.ask("records", records=[lent(1)])
    found = story.end()
    assert (due(found, 1).sure, due(found, 1).captured) == (False, 30_000)


def test_gaps_are_what_is_below_the_highest_number() -> None:
    story = Story()
    through = {"results": [], "ack_through": {"1": 1}}
    story.told(story.ask("records", records=[]), 200, through)
    asked = story.ask("records", records=[record(1), record(4), record(7)])
    items = [
        {"epoch": 1, "seq": seq, "status": "completed", "id": f"d{seq}", "balance_micro": None}
        for seq in (1, 4, 7)
    ]
    story.told(asked, 200, {"results": items, "ack_through": {"1": 1}})
    found = story.end()
    assert found.missing("k1") == [(1, 2, 3), (1, 5, 6)]
    assert found.wrong == []
