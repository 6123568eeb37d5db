"""The ingester's last resort gets along with whatever partitions a tenant has."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tests.conftest import World
from wificore.kernel.db.context import platform_context

WEEK = "radacct_p20310106"  # a Monday


@pytest.fixture
def owner_cursor(world: World) -> Iterator[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE ts_alpha.{WEEK} PARTITION OF ts_alpha.radacct"
            " FOR VALUES FROM ('2031-01-06') TO ('2031-01-13')"
        )
        yield cursor
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'ts_alpha'::regnamespace"
            " AND relkind = 'r' AND relname ~ '_p2031[0-9]{4}$'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE ts_alpha.{name}")


def test_a_day_inside_a_week_needs_no_partition_of_its_own(owner_cursor: Any) -> None:
    owner_cursor.execute("SELECT ts_alpha.wc_partitions_ahead_v1('2031-01-08', 3)")
    # radpostauth has none of these days.
    assert owner_cursor.fetchone() == (3,)


def test_days_around_a_week_are_made(owner_cursor: Any) -> None:
    owner_cursor.execute("SELECT ts_alpha.wc_partitions_ahead_v1('2031-01-05', 9)")
    assert owner_cursor.fetchone() == (9 + 2,)
    owner_cursor.execute("SELECT ts_alpha.wc_partitions_ahead_v1('2031-01-05', 9)")
    assert owner_cursor.fetchone() == (0,)
