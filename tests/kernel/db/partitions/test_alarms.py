"""Alarms come before data could be refused."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.kernel.db.partitions.conftest import NOW
from tests.kernel.db.partitions.test_planner import AHEAD, DAY, POLICY, day
from wificore.kernel.db.partitions.alarms import Alarm, alarms, tell
from wificore.kernel.db.partitions.catalogue import Catalogue, Parent, Partition
from wificore.kernel.db.partitions.planner import Rules
from wificore.kernel.db.partitions.status import lines


def raised(
    *shown: Partition, detached: tuple[Partition, ...] = (), relations: int = 1000, **facts: object
) -> list[str]:
    parent = Parent("ts_one", "visits", list(shown), **facts)  # type: ignore[arg-type]
    found = alarms(Rules([POLICY], {}), Catalogue([parent], detached), relations, NOW)
    return [str(alarm) for alarm in found]


def test_all_is_well() -> None:
    assert raised(*AHEAD) == []


def test_no_partition_for_tomorrow() -> None:
    assert raised(AHEAD[0]) == ["no_partition: ts_one.visits has no partition for 2026-11-22"]


def test_a_lazy_table_that_nobody_uses_yet_is_no_alarm_and_one_in_use_is() -> None:
    rules = Rules([replace(POLICY, lazy=True)], {})
    unused = Catalogue([Parent("ts_one", "visits")], ())
    assert alarms(rules, unused, 1000, NOW) == []
    used = Catalogue([Parent("ts_one", "visits", [day(-1)])], ())
    assert [alarm.code for alarm in alarms(rules, used, 1000, NOW)] == ["no_partition"] * 2


def test_a_partition_in_the_middle_of_a_detach_takes_no_rows() -> None:
    assert len(raised(day(0), day(1, pending=True))) == 1


@pytest.mark.parametrize(("count", "told"), [(300_000, 0), (300_001, 1), (600_001, 1)])
def test_too_many_relations(count: int, told: int) -> None:
    assert len(raised(*AHEAD, relations=count)) == told


def test_the_limit_says_to_take_no_more_tenants() -> None:
    assert "no more tenants" in raised(*AHEAD, relations=600_001)[0]


def test_a_default_partition_is_told() -> None:
    assert "visits_rest" in raised(*AHEAD, strange=["visits_rest"])[0]


def test_retention_that_fails_for_two_nights_is_told() -> None:
    assert raised(*AHEAD, day(-92)) == []
    assert "visits_p20260820" in raised(*AHEAD, day(-93))[0]
    assert len(raised(*AHEAD, detached=(day(-93),))) == 1


def test_alarms_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        tell([Alarm("relations", "too many")])
    assert "too many" in caplog.text


def test_status_says_how_far_the_worst_tenant_reaches() -> None:
    one = Parent("ts_one", "visits", [*AHEAD, day(-3, pending=True)])
    two = Parent("ts_two", "visits", AHEAD[:2])
    shown = Catalogue([one, two], (day(-99),))
    (line,) = lines(Rules([POLICY], {}), shown, NOW, each=False)
    assert (line.schemas, line.partitions, line.detached, line.pending) == (2, 11, 1, 1)
    assert (line.oldest, line.until) == ("2026-11-18", "2026-11-23")
    each = lines(Rules([POLICY], {}), shown, NOW, each=True)
    assert [(line.schema, line.until) for line in each] == [
        ("ts_one", "2026-11-29"),
        ("ts_two", "2026-11-23"),
    ]


def test_a_table_without_partitions_reaches_nowhere() -> None:
    shown = Catalogue([Parent("ts_one", "visits")], ())
    (line,) = lines(Rules([POLICY], {}), shown, NOW + timedelta() * DAY.days, each=False)
    assert (line.oldest, line.until) == ("", "2026-11-21")
