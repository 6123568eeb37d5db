"""The danger is the query plan (RADIUS 1): work per record stays the same as tables fill.

Statements are planned on empty tables and kept by the session, as in the ingester; then the tables
fill behind its back, and the rows that its scans touch are counted, not seconds.
"""

import io
from collections.abc import Callable
from typing import Any

import pytest

from radius.ingest.records import ACCOUNTING, read

from ..lines import NOW, interim, restart, start, stop

RECORDS = 200
FILL = """
INSERT INTO ts_sqla.radacct_open (acctsessionid, acctuniqueid, username, nasipaddress,
    acctstarttime, acctupdatetime, acctstoptime, callingstationid, stop_guessed)
SELECT 'f' || i, md5('f' || i), 'user' || i, '10.1.0.0'::inet + i %% 50,
    now() - interval '1 day', now() - interval '1 day',
    CASE WHEN i %% 2 = 0 THEN now() - interval '1 day' END, 'mac' || i, false
FROM generate_series(1, %s) i
"""
XACT = """
SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
WHERE schemaname = 'ts_sqla'
"""


def batch(tag: str, records: int = RECORDS, nas: str = "10.2.0.1") -> list[bytes]:
    """Every kind of work: new sessions, interims, stops, late and repeated packets, roaming."""
    lines = []
    for i in range(records // 5):
        who = {"session": f"{tag}{i}", "user": f"{tag}{i}", "mac": f"02-00-00-00-00-{i % 90:02d}"}
        lines += [
            start(NOW, nas=nas, **who),
            interim(NOW + 60, nas=nas, octets_in=5, **who),
            start(NOW + 90, nas="10.2.0.2", **who),
            stop(NOW + 120, nas="10.2.0.2", octets_in=9, **who),
            stop(NOW + 120, nas="10.2.0.2", octets_in=10, **who),
        ]
    return [*lines, restart(NOW + 200, nas=nas)]


def touched(radius: Any, work: Callable[[Any], None]) -> dict[str, int]:
    """Rows that the work's scans read, by table, in the ingester's own session."""
    with radius.database._transaction() as cursor:
        cursor.execute(XACT)
        before = dict(cursor.fetchall())
        work(cursor)
        cursor.execute(XACT)
        return {name: rows - before.get(name, 0) for name, rows in cursor.fetchall()}


def apply(cursor: Any, lines: list[bytes]) -> None:
    parsed = read(b"".join(lines), ACCOUNTING, {"ts_sqla"})
    cursor.copy_expert(
        "COPY pg_temp.wc_accounting_stage FROM STDIN (NULL '')", io.BytesIO(parsed.copy)
    )
    cursor.execute("SELECT public.wc_accounting_apply_v1(ARRAY['ts_sqla'])")


def filled(radius: Any, sessions: int) -> None:
    radius.run(FILL, sessions)
    radius.run(
        "SELECT ts_sqla.wc_history_append(ARRAY("
        "SELECT acctuniqueid FROM ts_sqla.radacct_open WHERE acctstoptime IS NOT NULL"
        " AND acctsessionid LIKE 'f%'))"
    )


@pytest.mark.parametrize("first", [0, 5, 5_000])
@pytest.mark.parametrize("sessions", [20_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_a_batch_touches_as_many_rows_as_it_has_records(
    radius_schema: Any, sessions: int, first: int
) -> None:
    """Statements are planned at a foolish moment: nothing has ended yet, as statistics know."""
    radius_schema.feed(*(start(NOW, session=f"first{i}", user=f"f{i}") for i in range(first)))
    radius_schema.run("ANALYZE")
    for round_ in range(6):
        radius_schema.feed(*batch(f"warm{round_}-", 5 * round_))
    filled(radius_schema, sessions)
    rows = touched(radius_schema, lambda cursor: apply(cursor, batch("measured-")))
    assert rows["radacct_open"] > 0
    assert sum(rows.values()) < 20 * RECORDS, rows


def test_a_login_touches_its_own_rows_only(radius_schema: Any) -> None:
    radius_schema.run(
        "INSERT INTO ts_sqla.radcheck (username, attribute, op, value)"
        " VALUES ('user1', 'Cleartext-Password', ':=', 'x'),"
        " ('user1', 'Simultaneous-Use', ':=', '1')"
    )
    radius_schema.run("SELECT ts_sqla.wc_compile_v1()")
    for _ in range(8):
        radius_schema.authorize("user1", "", "", "")
    filled(radius_schema, 20_000)
    radius_schema.run(
        "INSERT INTO ts_sqla.radcompiled (username) SELECT 'more' || i"
        " FROM generate_series(1, 20000) i"
    )
    ask = "SELECT ts_sqla.wc_authorize_v1('user1', '', 'other', '')"
    rows = touched(radius_schema, lambda cursor: cursor.execute(ask))
    assert 0 < sum(rows.values()) < 5, rows


def test_a_vouchers_login_touches_its_own_rows_only(radius_schema: Any) -> None:
    ask = "SELECT ts_sqla.wc_authorize_v1('abcd-efgh', '', 'other', '')"
    with radius_schema.database._transaction() as cursor:
        for _ in range(8):
            cursor.execute(ask)
    filled(radius_schema, 20_000)
    radius_schema.run(
        "INSERT INTO ts_sqla.radcompiled (username, devices)"
        " SELECT 'voucher-plan-' || i, 1 FROM generate_series(1, 20000) i"
    )
    radius_schema.run("INSERT INTO ts_sqla.radius_voucher_batch VALUES (1, 7, 3600)")
    radius_schema.run(
        "INSERT INTO ts_sqla.radius_voucher (id, batch_id, code_hash, state)"
        " SELECT i, 1, ts_sqla.wc_voucher_hash(CASE i WHEN 7 THEN 'ABCDEFGH' ELSE 'CODE' || i END),"
        " 'sold' FROM generate_series(1, 20000) i"
    )
    rows = touched(radius_schema, lambda cursor: cursor.execute(ask))
    assert 0 < sum(rows.values()) < 8, rows
