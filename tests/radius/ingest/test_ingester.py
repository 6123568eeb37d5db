"""From spool files to rows: nothing lost, nothing twice, whatever happens on the way."""

import time
from typing import Any

import pytest

from radius.ingest import runner
from radius.ingest.database import DAYS_AHEAD
from radius.ingest.errors import Unavailable
from radius.ingest.runner import Ingester

from ..lines import NOW, interim, login, start, stop
from .conftest import Bench, delete, eventually, superuser


def people(count: int, **fields: object) -> list[bytes]:
    return [
        start(NOW, session=f"s{i}", user=f"user{i:03d}", mac=f"m{i}", **fields)
        for i in range(count)
    ]


def test_both_spools_reach_their_tenants(bench: Bench) -> None:
    bench.write("acct-202601010001", start(), start(tenant="ts_sqlb", user="otieno"))
    bench.write("postauth-202601010001", login("amina"))
    bench.drain()
    assert (bench.usernames(), bench.usernames("ts_sqlb")) == (["amina"], ["otieno"])
    assert bench.radius.one("SELECT username FROM ts_sqla.radpostauth")[0] == "amina"


def test_a_restarted_ingester_goes_on_where_the_checkpoint_says(bench: Bench) -> None:
    path = bench.write("acct-202601010001", start())
    bench.drain()
    bench.write("acct-202601010001", interim(NOW + 60, octets_in=5))
    again = Ingester(bench.radius.dsn, bench.directory)
    again.connect()
    assert again.step()
    assert not again.step()
    again.database.close()
    assert bench.radius.session()["acctinputoctets"] == 5
    position = bench.radius.one("SELECT position FROM public.spool_checkpoint")[0]
    assert position == path.stat().st_size


def test_a_second_ingester_that_got_past_the_lock_applies_nothing(bench: Bench) -> None:
    second = Ingester(bench.radius.dsn, bench.directory)
    bench.write("postauth-202601010001", login())
    second.connect()
    bench.drain()
    with pytest.raises(Unavailable, match="second ingester"):
        second.step()
    second.database.close()
    assert bench.radius.one("SELECT count(*) FROM ts_sqla.radpostauth")[0] == 1


def test_a_finished_file_is_removed_with_its_checkpoint(bench: Bench) -> None:
    old = bench.write("acct-202601010001", start())
    bench.write("acct-202601010002", stop(NOW + 60))
    bench.drain()
    bench.age(old)
    bench.tidy()
    assert not old.exists()
    files = bench.radius.run("SELECT file FROM public.spool_checkpoint")
    assert [name for (name,) in files] == ["acct-202601010002.tsv"]


def test_a_line_cut_short_in_a_finished_file_is_set_apart(bench: Bench) -> None:
    old = bench.write("acct-202601010001", start(), b"1\tts_sqla\t17")
    bench.write("acct-202601010002", b"")
    bench.drain()
    bench.age(old)
    bench.tidy()
    assert not old.exists()
    assert bench.quarantined() == [b"cut short\t1\tts_sqla\t17"]


def test_a_checkpoint_without_its_file_is_forgotten(bench: Bench) -> None:
    path = bench.write("acct-202601010001", start())
    bench.drain()
    path.unlink()
    bench.drain()
    assert bench.radius.run("SELECT * FROM public.spool_checkpoint") == []


def test_records_the_database_refuses_are_set_apart_and_the_rest_goes_on(bench: Bench) -> None:
    bad = [
        start(session="bad1", seconds="x"),
        start(session="bad2", nas="not an address"),
        start(session="bad3", octets_in=99999999999999999999),
        start(session=None),
    ]
    good = people(60)
    bench.write("acct-202601010001", *good[:20], bad[0], bad[1], *good[20:], bad[2], bad[3])
    bench.drain()
    assert bench.usernames() == [f"user{i:03d}" for i in range(60)]
    kept = bench.quarantined()
    assert [line.split(b"\t", 1)[1] + b"\n" for line in kept] == bad
    assert kept[0].startswith(b"22P02 invalid input syntax for type bigint")
    state = bench.radius.one(
        "SELECT applied, quarantined FROM public.spool_state WHERE spool = 'acct'"
    )
    assert tuple(state) == (60, 4)


def test_it_rests_between_batches_unless_much_waits(bench: Bench) -> None:
    lines = [start(session=f"s{i}", user=f"u{i}") for i in range(40)]
    bench.write("acct-202601010001", *lines)
    small = Ingester(bench.radius.dsn, bench.directory, block_octets=len(lines[0]) * 20)
    assert small.behind()
    small.connect()
    while small.step():
        pass
    bench.write("acct-202601010001", *lines[:2])
    assert not small.behind()
    small.database.close()


def test_ill_formed_lines_and_unknown_tenants_are_set_apart(bench: Bench) -> None:
    bench.write("acct-202601010001", start(), b"garbage\n", start(tenant="ts_nobody"))
    bench.drain()
    assert bench.usernames() == ["amina"]
    reasons = [line.split(b"\t")[0] for line in bench.quarantined()]
    assert reasons == [b"ill-formed line", b"unknown tenant ts_nobody"]


def test_a_tenant_that_is_dropped_meanwhile_stops_nobody_else(bench: Bench, third: str) -> None:
    bench.drain()
    delete(bench.radius, third)
    bench.write("acct-202601010001", start(), start(tenant=third))
    while bench.ingester.step():
        pass
    assert bench.usernames() == ["amina"]
    assert bench.quarantined()[0].startswith(f"unknown tenant {third}\t".encode())


def test_a_tenant_that_appears_is_known_at_its_first_record(
    bench: Bench, request: pytest.FixtureRequest
) -> None:
    bench.drain()
    third = request.getfixturevalue("third")
    bench.write("acct-202601010001", start(tenant=third))
    while bench.ingester.step():
        pass
    assert bench.usernames(third) == ["amina"]


def test_a_broken_tenant_costs_the_others_neither_partitions_nor_healing(
    bench: Bench, third: str
) -> None:
    bench.radius.run(f"DROP TABLE {third}.radacct_open CASCADE")
    bench.radius.run(f"DROP TABLE {third}.radacct CASCADE")
    bench.write("acct-202601010001", start())
    bench.drain()
    assert bench.radius.session()["acctterminatecause"] == "Stale-Session"


def test_a_missing_partition_is_made_on_demand(bench: Bench) -> None:
    long_ago = NOW - 20 * 86400
    bench.write("acct-202601010001", stop(long_ago, seconds=10))
    bench.write("postauth-202601010001", login(at=long_ago))
    bench.drain()
    assert bench.usernames() == ["amina"]
    assert bench.radius.one("SELECT count(*) FROM ts_sqla.radpostauth")[0] == 1


def test_partitions_for_the_days_ahead_are_there_at_once(bench: Bench) -> None:
    count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'ts_sqla.radacct'::regclass"
    bench.drain()
    assert bench.radius.one(count)[0] >= DAYS_AHEAD + 1


def test_a_broken_connection_loses_and_doubles_nothing(bench: Bench) -> None:
    logins = [login(f"user{i}") for i in range(300)]
    with bench.running():
        for i in range(0, 300, 10):
            bench.write("postauth-202601010001", *logins[i : i + 10])
            bench.break_connections()
        eventually(lambda: _logins(bench.radius) >= 300)
    rows = bench.radius.run("SELECT username FROM ts_sqla.radpostauth")
    assert sorted(name for (name,) in rows) == sorted(f"user{i}" for i in range(300))


def test_an_outage_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "BACK_OFF_S", (0.1, 0.2))
    name = bench.radius.one("SELECT current_database()")[0]
    now = int(time.time())
    with bench.running():
        bench.write("acct-202601010001", start(now))
        eventually(bench.usernames)
        with superuser() as cursor:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            bench.break_connections()
            bench.write("acct-202601010001", stop(now, octets_in=7))
            eventually(lambda: bench.ingester.database._connection is None)
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        eventually(bench.radius.history)
    assert bench.radius.session()["acctinputoctets"] == 7


def test_silent_sessions_are_ended_when_nothing_is_left_to_read(bench: Bench) -> None:
    bench.write("acct-202601010001", start())
    bench.drain()
    assert bench.radius.session()["acctterminatecause"] == "Stale-Session"


def _logins(radius: Any) -> int:
    return int(radius.one("SELECT count(*) FROM ts_sqla.radpostauth")[0])
