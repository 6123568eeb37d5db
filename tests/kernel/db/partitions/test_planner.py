"""The planner is a pure function: policies, what is shown and the time give the actions."""

from datetime import UTC, datetime, timedelta

import pytest

from wificore.kernel.db.partitions import Override, PartitionPolicy
from wificore.kernel.db.partitions.actions import Action, Attach, Create, Detach, Retire
from wificore.kernel.db.partitions.calendar import Span, midnight, period, suffix
from wificore.kernel.db.partitions.catalogue import Catalogue, Parent, Partition
from wificore.kernel.db.partitions.planner import Overrides, Rules, plan

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)  # a Saturday
TODAY = midnight(NOW)
DAY = timedelta(days=1)
POLICY = PartitionPolicy("visits", "at")


def day(
    offset: int, *, table: str = "visits", schema: str = "ts_one", **facts: object
) -> Partition:
    lower = TODAY + offset * DAY
    span = Span(lower, lower + DAY)
    return Partition(schema, table, table + suffix(lower), span, **facts)  # type: ignore[arg-type]


def planned(
    *shown: Partition,
    detached: tuple[Partition, ...] = (),
    policy: PartitionPolicy = POLICY,
    override: Override | None = None,
    now: datetime = NOW,
) -> list[Action]:
    overrides: Overrides = {("ts_one", "visits"): override} if override else {}
    parent = Parent("ts_one", "visits", list(shown))
    return plan(Rules([policy], overrides), Catalogue([parent], detached), now)


def created(actions: list[Action]) -> list[str]:
    return [str(action.span) for action in actions if isinstance(action, Create)]


AHEAD = [day(offset) for offset in range(8)]


def test_a_new_table_gets_today_and_seven_days() -> None:
    actions = planned()
    assert [action.name for action in actions] == [f"visits_p202611{n}" for n in range(21, 29)]
    assert all(isinstance(action, Create) for action in actions)


def test_the_next_night_makes_one_more() -> None:
    assert created(planned(*AHEAD, now=NOW + DAY)) == ["2026-11-29..2026-11-30"]


def test_nothing_is_to_be_done_twice_in_one_day() -> None:
    assert planned(*AHEAD) == []
    assert planned(*AHEAD, now=NOW + timedelta(hours=21, minutes=59)) == []


def test_a_hole_ahead_is_filled() -> None:
    assert created(planned(*AHEAD[:3], *AHEAD[4:])) == ["2026-11-24..2026-11-25"]


def test_a_partition_goes_when_it_ended_ninety_days_ago() -> None:
    gone, stays = day(-91), day(-90)
    assert planned(gone, stays, *AHEAD) == [
        Detach(*gone.address, gone.span),
        Retire(*gone.address, "at", gone.span),
    ]


def test_holes_between_old_partitions_strand_nothing() -> None:
    old = [day(-400), day(-300), day(-299), day(-91)]
    actions = planned(*old, *AHEAD)
    assert [action.name for action in actions if isinstance(action, Detach)] == sorted(
        partition.name for partition in old
    )


def test_a_policy_that_keeps_for_ever_drops_nothing() -> None:
    forever = PartitionPolicy("visits", "at", keep_days=None)
    assert planned(day(-4000), *AHEAD, policy=forever) == []


def test_a_policy_without_archive_says_so_in_the_plan() -> None:
    policy = PartitionPolicy("visits", "at", keep_days=4, archive=False)
    actions = planned(day(-5), *AHEAD, policy=policy)
    assert str(actions[-1]).endswith("drop without archive")


def test_what_was_detached_before_a_crash_is_retired() -> None:
    left = day(-100)
    assert planned(*AHEAD, detached=(left,)) == [Retire(*left.address, "at", left.span)]


def test_an_interrupted_detach_is_resumed_and_then_retired() -> None:
    left = day(-100, pending=True)
    assert planned(left, *AHEAD) == [
        Detach(*left.address, left.span, resumed=True),
        Retire(*left.address, "at", left.span),
    ]


def test_what_was_detached_too_early_comes_back() -> None:
    left, half = day(-3), day(-2, pending=True)
    assert planned(half, *AHEAD, detached=(left,)) == [
        Detach(*half.address, half.span, resumed=True),
        Attach(*half.address, "at", half.span),
        Attach(*left.address, "at", left.span),
    ]


def test_a_detached_partition_of_today_is_attached_and_not_made_anew() -> None:
    today = day(0)
    assert planned(*AHEAD[1:], detached=(today,)) == [Attach(*today.address, "at", today.span)]


def test_a_restored_partition_is_left_alone_until_its_hold_ends() -> None:
    held = day(-200, hold=NOW + DAY)
    assert planned(held, *AHEAD) == []
    assert planned(held, *AHEAD, day(8), now=NOW + 1 * DAY)[0].name == held.name


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("week", ["2026-11-16..2026-11-23", "2026-11-23..2026-11-30"]),
        ("month", ["2026-11-01..2026-12-01"]),
    ],
)
def test_weeks_and_months_reach_as_many_days_ahead(interval: str, expected: list[str]) -> None:
    override = Override(interval=interval)  # type: ignore[arg-type]
    assert created(planned(override=override)) == expected


def test_a_month_is_made_seven_days_before_it_begins() -> None:
    monthly = PartitionPolicy("visits", "at", interval="month")
    now = datetime(2026, 12, 25, 2, tzinfo=UTC)
    assert created(planned(policy=monthly, now=now)) == [
        "2026-12-01..2027-01-01",
        "2027-01-01..2027-02-01",
    ]


def test_after_a_change_to_weeks_the_days_stay_and_a_short_week_joins_them() -> None:
    actions = planned(*AHEAD, override=Override(interval="week"), now=NOW + 2 * DAY)
    assert created(actions) == ["2026-11-29..2026-11-30", "2026-11-30..2026-12-07"]


def test_after_a_change_to_days_the_week_stays() -> None:
    week = period("week", NOW)
    known = Partition("ts_one", "visits", "visits_p20261116", week)
    assert created(planned(known))[0] == "2026-11-23..2026-11-24"


def test_a_tenant_may_keep_longer_and_reach_further() -> None:
    override = Override(ahead=9, keep_days=400)
    assert created(planned(day(-91), *AHEAD, override=override)) == [
        "2026-11-29..2026-11-30",
        "2026-11-30..2026-12-01",
    ]


def test_a_table_of_public_follows_its_own_policy() -> None:
    rules = Rules([PartitionPolicy("visits", "at", schema="public", ahead=1)], {})
    parents = [Parent("public", "visits"), Parent("ts_one", "visits")]
    actions = plan(rules, Catalogue(parents, ()), NOW)
    assert [(action.schema, str(action.span)) for action in actions] == [
        ("public", "2026-11-21..2026-11-22"),
        ("public", "2026-11-22..2026-11-23"),
    ]


def test_a_table_without_a_policy_is_left_alone() -> None:
    shown = Catalogue([Parent("ts_one", "strange")], (day(-999, table="strange"),))
    assert plan(Rules([POLICY], {}), shown, NOW) == []


LAZY = PartitionPolicy("visits", "at", lazy=True)


def test_a_lazy_table_gets_nothing_until_its_first_use() -> None:
    assert planned(policy=LAZY) == []
    shown = Catalogue([Parent("ts_one", "visits"), Parent("ts_two", "visits")], ())
    actions = plan(Rules([LAZY], {}, first_use={("ts_one", "visits")}), shown, NOW)
    assert [action.schema for action in actions] == ["ts_one"] * 8


def test_a_lazy_table_that_is_used_is_like_any_other() -> None:
    assert created(planned(*AHEAD, policy=LAZY, now=NOW + DAY)) == ["2026-11-29..2026-11-30"]
    assert [type(action) for action in planned(day(-91), *AHEAD, policy=LAZY)] == [Detach, Retire]


def test_a_lazy_table_of_which_only_a_detached_partition_is_left_was_used() -> None:
    assert planned(detached=(day(-100),), policy=LAZY) != []


def test_years_of_simulated_nights_keep_every_day_covered_and_no_more() -> None:
    shown: list[Partition] = []
    for night in range(800):
        now = NOW + night * DAY
        for action in planned(*shown, now=now):
            if isinstance(action, Create):
                shown.append(Partition("ts_one", "visits", action.name, action.span))
            elif isinstance(action, Detach):
                shown = [known for known in shown if known.name != action.name]
        days = sorted(known.span.lower for known in shown)
        assert days[-1] == midnight(now) + 7 * DAY
        assert len(days) == min(night, 90) + 8


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        planned(now=datetime(2026, 11, 21))  # noqa: DTZ001


def test_a_moment_of_another_zone_counts_as_its_utc_day() -> None:
    nairobi = datetime.fromisoformat("2026-11-22T01:30:00+03:00")
    assert midnight(nairobi) == TODAY
