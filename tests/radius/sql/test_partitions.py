"""Daily partitions: made ahead, without rights of their own, and without TOAST tables."""

from datetime import date, timedelta
from typing import Any

import psycopg2
import pytest

from radius.ingest.errors import PartitionMissing

from ..lines import NOW, record, start, stop

PARTITIONS = """
SELECT c.relname, c.relacl, c.reltoastrelid FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
WHERE p.relnamespace = 'ts_sqla'::regnamespace AND p.relkind = 'p' ORDER BY 1
"""
FAR = date(2031, 5, 1)


def test_missing_days_are_made_once(radius_schema: Any) -> None:
    assert radius_schema.database.partitions("ts_sqla", FAR, 3) == 6
    assert radius_schema.database.partitions("ts_sqla", FAR, 4) == 2
    names = [row[0] for row in radius_schema.run(PARTITIONS)]
    assert {"radacct_p20310501", "radpostauth_p20310504"} <= set(names)
    for day in range(4):
        name = (FAR + timedelta(days=day)).strftime("%Y%m%d")
        radius_schema.run(f"DROP TABLE ts_sqla.radacct_p{name}, ts_sqla.radpostauth_p{name}")


def test_a_day_that_lost_its_parent_is_attached_again(radius_schema: Any) -> None:
    other = date(2032, 5, 1)
    radius_schema.database.partitions("ts_sqla", other, 1)
    radius_schema.run("ALTER TABLE ts_sqla.radacct DETACH PARTITION ts_sqla.radacct_p20320501")
    assert radius_schema.database.partitions("ts_sqla", other, 1) == 1


def test_partitions_carry_no_right_and_no_toast_table(radius_schema: Any) -> None:
    rows = radius_schema.run(PARTITIONS)
    assert rows
    assert {row["relacl"] for row in rows} == {None}
    assert {row["reltoastrelid"] for row in rows} == {0}


def test_a_time_without_partition_is_told_by_its_day(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    radius_schema.run(
        "UPDATE ts_sqla.radacct_open SET acctupdatetime = '2031-05-01 23:30Z',"
        " acctstarttime = '2031-05-01 23:30Z'"
    )
    with pytest.raises(PartitionMissing) as missing:
        radius_schema.feed(record("Stop", NOW))
    assert missing.value.day == FAR


def test_a_batch_without_partition_applies_nothing(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    radius_schema.run("UPDATE ts_sqla.radacct_open SET acctstarttime = '2031-05-01 23:30Z'")
    with pytest.raises(PartitionMissing):
        radius_schema.feed(stop(NOW), start(NOW, session="s2"))
    assert len(radius_schema.sessions()) == 1


def test_a_foolish_range_is_refused(radius_schema: Any) -> None:
    with pytest.raises(psycopg2.errors.InvalidParameterValue, match="at most 400 days"):
        radius_schema.run("SELECT ts_sqla.wc_partitions_ahead_v1(current_date, 100000)")
