"""One tenant's schema fails through no record's fault: the others notice nothing, it loses nothing.

alpha is `ts_sqla`, beta is `ts_sqlb`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg2
import pytest

from radius.ingest import database as ingest_database
from radius.ingest.errors import Unavailable
from radius.ingest.runner import Ingester

from ..lines import NOW, interim, login, start, stop
from .conftest import Bench, eventually

BETA = {"tenant": "ts_sqlb", "user": "otieno"}
BATCH = "ts_sqla.wc_accounting_batch_v2"
RAISING = f"""
ALTER FUNCTION {BATCH} RENAME TO real_one;
CREATE FUNCTION {BATCH}(public.wc_accounting_line[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN RAISE EXCEPTION 'alpha is ill' USING ERRCODE = '{{}}'; END $$;
GRANT EXECUTE ON FUNCTION {BATCH} TO wc_radius
"""
WHOLE_AGAIN = (
    f"DROP FUNCTION {BATCH}; ALTER FUNCTION ts_sqla.real_one RENAME TO wc_accounting_batch_v2"
)
# What breaks alpha, and what repairs it.
FAULTS = {
    "function missing": (
        f"ALTER FUNCTION {BATCH} RENAME TO lost",
        "ALTER FUNCTION ts_sqla.lost RENAME TO wc_accounting_batch_v2",
    ),
    "function raises": (RAISING.format("P0001"), WHOLE_AGAIN),
    "disk quota": (RAISING.format("53100"), WHOLE_AGAIN),
    "deadlock": (RAISING.format("40P01"), WHOLE_AGAIN),
    "cancelled": (RAISING.format("57014"), WHOLE_AGAIN),
    "right to execute lost": (
        f"REVOKE EXECUTE ON FUNCTION {BATCH} FROM wc_radius",
        f"GRANT EXECUTE ON FUNCTION {BATCH} TO wc_radius",
    ),
    "right to the schema lost": (
        "REVOKE USAGE ON SCHEMA ts_sqla FROM wc_radius",
        "GRANT USAGE ON SCHEMA ts_sqla TO wc_radius",
    ),
    "column renamed": (
        "ALTER TABLE ts_sqla.radacct_open RENAME acctupdatetime TO renamed",
        "ALTER TABLE ts_sqla.radacct_open RENAME renamed TO acctupdatetime",
    ),
    "schema renamed": (
        "ALTER SCHEMA ts_sqla RENAME TO ts_elsewhere",
        "ALTER SCHEMA ts_elsewhere RENAME TO ts_sqla",
    ),
}
Broken = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def broken(bench: Bench) -> Broken:
    """`with broken("function missing"):` alpha is ill inside, and repaired after it."""

    @contextmanager
    def breaking(fault: str) -> Iterator[None]:
        harm, repair = FAULTS[fault]
        bench.radius.run(harm)
        try:
            yield
        finally:
            bench.radius.run(repair)

    return breaking


def work(bench: Bench) -> None:
    while bench.ingester.step():
        pass


def held(bench: Bench) -> list[tuple[Any, ...]]:
    rows = bench.radius.run(
        "SELECT spool, tenant, records, attempts > 0 FROM public.spool_held ORDER BY 1, 2"
    )
    return [tuple(row) for row in rows]


def lines_held(bench: Bench) -> int:
    return int(bench.radius.one("SELECT count(*) FROM public.spool_held_record")[0])


def logins(bench: Bench) -> list[str]:
    """Alpha's, in the order they were applied."""
    rows = bench.radius.run("SELECT username FROM ts_sqla.radpostauth ORDER BY id")
    return [name for (name,) in rows]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_others_go_on_and_the_broken_tenant_catches_up_in_order(
    bench: Bench, broken: Broken, fault: str
) -> None:
    bench.drain()
    with broken(fault):
        bench.write("acct-202601010001", start(), start(**BETA))
        work(bench)
        bench.write("acct-202601010001", interim(NOW + 60, octets_in=5))
        bench.write("acct-202601010002", stop(NOW + 120, octets_in=9), stop(NOW + 60, **BETA))
        work(bench)
        assert bench.usernames("ts_sqlb") == ["otieno"]
        (row,) = bench.radius.run("SELECT acctstoptime FROM ts_sqlb.sessions")
        assert row["acctstoptime"] is not None
        assert held(bench) == [("acct", "ts_sqla", 3, False)]
    bench.drain()
    session = bench.radius.session()
    assert (session["acctinputoctets"], session["acctsessiontime"]) == (9, 120)
    assert len(bench.radius.history()) == 1
    assert (held(bench), lines_held(bench), bench.quarantined()) == ([], 0, [])
    state = bench.radius.one("SELECT applied FROM public.spool_state WHERE spool = 'acct'")
    assert tuple(state) == (5,)


def test_each_spool_of_a_tenant_is_held_on_its_own(bench: Bench, broken: Broken) -> None:
    bench.drain()
    with broken("function missing"):
        bench.write("acct-202601010001", start())
        bench.write("postauth-202601010001", login("amina"))
        work(bench)
        assert held(bench) == [("acct", "ts_sqla", 1, False)]
        assert logins(bench) == ["amina"]


def test_a_day_whose_partition_cannot_be_made_stops_its_own_tenant_only(bench: Bench) -> None:
    bench.drain()
    long_ago = NOW - 23 * 86400  # no other test's day
    make = "ts_sqla.wc_partition_day(text, text, date)"
    bench.radius.run(f"ALTER FUNCTION {make} RENAME TO lost")
    try:
        bench.write("acct-202601010001", stop(long_ago, seconds=10), start(**BETA))
        work(bench)
        assert bench.usernames("ts_sqlb") == ["otieno"]
        assert held(bench) == [("acct", "ts_sqla", 1, False)]
    finally:
        bench.radius.run(
            f"ALTER FUNCTION {make.replace('wc_partition_day', 'lost')} RENAME TO wc_partition_day"
        )
    bench.drain()
    assert (bench.usernames(), held(bench)) == (["amina"], [])


def test_a_lock_on_one_tenants_table_stops_nobody_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_database, "LOCK_TIMEOUT_MS", 100)
    bench.drain()
    other = psycopg2.connect(bench.radius.admin_dsn)
    with other, other.cursor() as cursor:
        cursor.execute("LOCK ts_sqla.radacct_open IN ACCESS EXCLUSIVE MODE")
        bench.write("acct-202601010001", start(), start(**BETA))
        work(bench)
        assert held(bench) == [("acct", "ts_sqla", 1, False)]
    other.close()
    assert bench.usernames("ts_sqlb") == ["otieno"]
    bench.drain()
    assert bench.usernames() == ["amina"]


def test_it_is_tried_again_ever_more_rarely_and_says_why(
    bench: Bench, broken: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    bench.drain()
    with broken("function raises"):
        bench.write("acct-202601010001", start())
        work(bench)
        pauses = []
        for _ in range(9):
            bench.retry()
            work(bench)
            pauses.append(bench.ingester.held.pause("acct", "ts_sqla"))
        assert pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60]
        row = bench.radius.one("SELECT attempts, error, tried_at > since FROM public.spool_held")
        assert (row[0], row[2]) == (9, True)
        assert "alpha is ill" in row[1]
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [line["event"] for line in told if line.get("tenant") == "ts_sqla"] == [
        "tenant held back",
        *["tenant still held back"] * 9,
    ]
    bench.retry()
    work(bench)
    assert (bench.usernames(), held(bench)) == (["amina"], [])


def test_a_restart_takes_up_what_is_held_and_keeps_the_order(bench: Bench, broken: Broken) -> None:
    bench.drain()
    names = [f"user{number:03d}" for number in range(200)]
    with broken_logins(bench):
        for number, name in enumerate(names):
            bench.write("postauth-202601010001", login(name))
            if number % 20 == 0:
                again = Ingester(bench.radius.dsn, bench.directory)
                again.connect()
                while again.step():
                    pass
                again.database.close()
        bench.drain()
        assert held(bench) == [("postauth", "ts_sqla", 200, True)]
    bench.write("postauth-202601010001", login("late"))
    bench.drain()
    assert logins(bench) == [*names, "late"]
    assert held(bench) == []


def test_records_that_arrive_while_it_catches_up_wait_their_turn(
    bench: Bench, broken: Broken
) -> None:
    bench.drain()
    small = Ingester(bench.radius.dsn, bench.directory, block_octets=200)
    small.connect()
    names = [f"user{number:03d}" for number in range(60)]
    with broken_logins(bench):
        bench.write("postauth-202601010001", *map(login, names[:40]))
        while small.step():
            pass
    small.held.retry()
    for name in names[40:]:
        bench.write("postauth-202601010001", login(name))
        small.step()
    while small.step():
        pass
    small.database.close()
    assert logins(bench) == names
    assert held(bench) == []


def test_a_poison_record_among_the_held_ones_is_set_apart(bench: Bench) -> None:
    bench.drain()
    bad = login("bad", nas="not an address")
    with broken_logins(bench):
        bench.write("postauth-202601010001", login("a"), login("b"))
        work(bench)
        bench.write("postauth-202601010001", login("c"), bad, login("d"))
        work(bench)
    bench.drain()
    assert logins(bench) == ["a", "b", "c", "d"]
    (kept,) = bench.quarantined()
    assert kept.split(b"\t", 1)[1] + b"\n" == bad


def test_bad_lines_beside_a_broken_tenants_are_set_apart_once(bench: Bench) -> None:
    bench.drain()
    with broken_logins(bench):
        bench.write("postauth-202601010001", login("a"), b"garbage\n")
        work(bench)
    assert bench.quarantined() == [b"ill-formed line\tgarbage"]


def test_a_record_that_only_the_tenants_function_refuses_is_set_apart_when_it_comes_to_it(
    bench: Bench,
) -> None:
    bench.drain()
    with broken_logins(bench):
        bench.write("postauth-202601010001", login("a"), login("no"), login("b"))
        work(bench)
    bench.radius.run("ALTER TABLE ts_sqla.radpostauth ADD CONSTRAINT odd CHECK (username <> 'no')")
    try:
        bench.drain()
    finally:
        bench.radius.run("ALTER TABLE ts_sqla.radpostauth DROP CONSTRAINT odd")
    assert logins(bench) == ["a", "b"]
    assert len(bench.quarantined()) == 1
    assert held(bench) == []


def test_what_is_held_of_a_tenant_that_is_deleted_is_set_apart(bench: Bench, third: str) -> None:
    bench.drain()
    bench.radius.run(f"REVOKE USAGE ON SCHEMA {third} FROM wc_radius")
    bench.write("acct-202601010001", start(tenant=third))
    work(bench)
    assert held(bench) == [("acct", third, 1, False)]
    bench.radius.run(
        "UPDATE public.tenants_tenant SET state = 'deleting' WHERE schema_name = %s", third
    )
    bench.retry()
    work(bench)
    assert (held(bench), lines_held(bench)) == ([], 0)
    assert bench.quarantined()[0].startswith(f"unknown tenant {third}\t".encode())


def test_a_held_tenants_sessions_are_not_called_silent(bench: Bench, broken: Broken) -> None:
    bench.write("acct-202601010001", start(), start(**BETA))
    bench.ingester.connect()
    bench.ingester.step()
    with broken("function raises"):
        bench.write("acct-202601010001", interim(NOW + 60))
        bench.ingester.step()
        bench.tidy()
        assert bench.radius.session()["acctterminatecause"] is None
        (row,) = bench.radius.run("SELECT acctterminatecause FROM ts_sqlb.sessions")
        assert row[0] == "Stale-Session"
        devices = "SELECT ts_sqla.wc_devices_online('amina', 'other', 300)"
        assert bench.radius.one(devices)[0] == 1, "limits go on counting what was online"
    bench.drain()
    bench.tidy()
    assert bench.radius.session()["acctterminatecause"] == "Stale-Session"


def test_when_nothing_can_be_written_down_the_spool_waits_as_ever(
    bench: Bench, broken: Broken
) -> None:
    bench.drain()
    bench.radius.run("ALTER TABLE public.spool_held RENAME TO away")
    try:
        with broken("function raises"):
            bench.write("acct-202601010001", start())
            with pytest.raises(Unavailable):
                bench.ingester.step()
    finally:
        bench.radius.run("ALTER TABLE public.away RENAME TO spool_held")
    bench.drain()
    assert bench.usernames() == ["amina"]


def test_a_broken_connection_while_alpha_is_held_loses_and_doubles_nothing(
    bench: Bench,
) -> None:
    names = [f"user{i:03d}" for i in range(200)]
    bench.drain()
    with bench.running():
        with broken_logins(bench):
            for i in range(0, 200, 10):
                bench.write("postauth-202601010001", *map(login, names[i : i + 10]))
                bench.break_connections()
        eventually(lambda: len(logins(bench)) >= 200)
    assert logins(bench) == names


@contextmanager
def broken_logins(bench: Bench) -> Iterator[None]:
    function = "ts_sqla.wc_postauth_batch_v2"
    bench.radius.run(f"ALTER FUNCTION {function} RENAME TO lost")
    try:
        yield
    finally:
        bench.radius.run("ALTER FUNCTION ts_sqla.lost RENAME TO wc_postauth_batch_v2")
