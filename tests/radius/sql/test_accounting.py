"""The rules of RADIUS 3, 4 and 6 for accounting, one test each."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ..lines import MAC, NOW, interim, restart, start, stop

HOUR = 3600
OTHER_MAC = "02-00-00-00-00-02"


def when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_start_opens_a_session_and_its_stop_moves_it_to_history_once(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW, ip="10.9.0.1", called="aabb.ccdd.eeff:Cafe"))
    row = radius_schema.session()
    assert (row["online"], row["acctstarttime"], row["acctstoptime"]) == (True, when(NOW), None)
    assert (row["calledstationid"], row["ssid"]) == ("AA-BB-CC-DD-EE-FF", "Cafe")
    assert radius_schema.history() == []
    radius_schema.feed(stop(NOW + 60, seconds=60, octets_in=5, octets_out=7))
    row = radius_schema.session()
    assert (row["online"], row["acctstoptime"]) == (False, when(NOW + 60))
    assert row["acctterminatecause"] == "User-Request"
    assert (row["acctinputoctets"], row["acctoutputoctets"], row["acctsessiontime"]) == (5, 7, 60)
    assert row["framedipaddress"] == "10.9.0.1"
    assert len(radius_schema.history()) == 1


def test_a_whole_session_in_one_batch_is_one_row(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 30, octets_in=3), stop(NOW + 60, octets_in=9))
    assert [r["acctinputoctets"] for r in radius_schema.history()] == [9]
    assert radius_schema.usage() == {("amina", when(NOW).date().isoformat()): (9, 0, 60, 1)}


def test_duplicates_change_nothing(radius_schema: Any) -> None:
    lines = [start(NOW), interim(NOW + 30, octets_in=3, seconds=30), stop(NOW + 60, octets_in=9)]
    radius_schema.feed(*lines)
    before = radius_schema.sessions(), radius_schema.usage()
    radius_schema.feed(*lines)
    radius_schema.feed(*reversed(lines))
    assert (radius_schema.sessions(), radius_schema.usage()) == before


def test_counters_never_shrink(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60, octets_in=100, octets_out=50, seconds=60))
    radius_schema.feed(interim(NOW + 120, octets_in=40, octets_out=60, seconds=50))
    row = radius_schema.session()
    assert (row["acctinputoctets"], row["acctoutputoctets"], row["acctsessiontime"]) == (
        100,
        60,
        60,
    )


def test_gigawords_count(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60, octets_in=100, gigawords_in=2))
    assert radius_schema.session()["acctinputoctets"] == 8_589_934_692


def test_empty_octets_in_a_stop_keep_the_last_values(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60, octets_in=100), stop(NOW + 90))
    assert radius_schema.session()["acctinputoctets"] == 100


def test_the_first_stop_and_its_cause_win(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60, octets_in=1))
    radius_schema.feed(stop(NOW + 90, cause="Idle-Timeout", octets_in=5))
    row = radius_schema.session()
    assert (row["acctstoptime"], row["acctterminatecause"]) == (when(NOW + 60), "User-Request")
    assert row["acctinputoctets"] == 5
    assert len(radius_schema.history()) == 1


@pytest.mark.parametrize("batches", [1, 2])
def test_a_late_start_neither_moves_the_start_nor_reopens(radius_schema: Any, batches: int) -> None:
    late = start(NOW + 10)
    if batches == 1:
        radius_schema.feed(stop(NOW + 60, seconds=60), late)
    else:
        radius_schema.feed(stop(NOW + 60, seconds=60))
        radius_schema.feed(late)
    row = radius_schema.session()
    assert (row["acctstarttime"], row["online"]) == (when(NOW), False)


def test_an_interim_without_a_start_creates_the_session(radius_schema: Any) -> None:
    radius_schema.feed(interim(NOW, seconds=600, octets_in=5))
    row = radius_schema.session()
    assert (row["acctstarttime"], row["online"]) == (when(NOW - 600), True)


def test_a_stop_without_a_start_creates_an_ended_session(radius_schema: Any) -> None:
    radius_schema.feed(stop(NOW, seconds=600))
    row = radius_schema.session()
    assert (row["acctstarttime"], row["acctstoptime"]) == (when(NOW - 600), when(NOW))


def test_a_stop_may_spell_the_name_in_another_case(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW, user="Amina"), stop(NOW + 60, user="amina"))
    assert radius_schema.session()["username"] == "Amina"


def test_the_same_session_id_on_two_routers_is_two_sessions(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), start(NOW, nas="10.0.0.2", user="brian", mac=OTHER_MAC))
    assert len(radius_schema.sessions()) == 2


def test_accounting_on_ends_only_its_own_routers_sessions(radius_schema: Any) -> None:
    radius_schema.feed(
        start(NOW),
        interim(NOW + 60, octets_in=1),
        start(NOW, nas="10.0.0.2", session="s2", user="brian", mac=OTHER_MAC),
        start(NOW, tenant="ts_sqlb"),
        restart(NOW + 100),
    )
    ended, other = radius_schema.sessions()
    assert (ended["acctterminatecause"], ended["acctstoptime"]) == ("NAS-Reboot", when(NOW + 60))
    assert (ended["stop_guessed"], other["online"]) == (True, True)
    assert len(radius_schema.history()) == 1
    assert radius_schema.one("SELECT count(*) FROM ts_sqlb.sessions WHERE online")[0] == 1


def test_sessions_after_accounting_on_in_the_same_batch_stay_open(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), restart(NOW + 100), start(NOW + 130, session="s2"))
    assert [row["online"] for row in radius_schema.sessions()] == [False, True]


def test_accounting_on_creates_no_session(radius_schema: Any) -> None:
    radius_schema.feed(restart(NOW))
    assert radius_schema.sessions() == []


def test_an_interim_after_a_guessed_stop_reopens(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60, octets_in=10), restart(NOW + 100))
    radius_schema.feed(interim(NOW + 5 * HOUR, octets_in=30))
    row = radius_schema.session()
    assert (row["online"], row["acctstoptime"], row["acctterminatecause"]) == (True, None, None)
    assert radius_schema.history() == []
    assert radius_schema.usage()["amina", when(NOW).date().isoformat()][0] == 30


def test_an_interim_after_a_real_stop_does_not_reopen(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60, octets_in=10))
    radius_schema.feed(interim(NOW + HOUR, octets_in=10))
    assert radius_schema.session()["online"] is False


def test_a_real_stop_replaces_a_guessed_one(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60), restart(NOW + 100))
    radius_schema.feed(stop(NOW + 90, octets_in=7))
    row = radius_schema.session()
    assert (row["acctstoptime"], row["acctterminatecause"]) == (when(NOW + 90), "User-Request")
    assert (row["stop_guessed"], len(radius_schema.history())) == (False, 1)


def test_roaming_ends_the_older_session_at_its_last_update(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60))
    radius_schema.feed(start(NOW + 200, nas="10.0.0.2", session="x", mac=MAC.replace("-", ":")))
    older, newer = radius_schema.sessions()
    assert (older["online"], older["acctstoptime"]) == (False, when(NOW + 60))
    assert (older["acctterminatecause"], newer["online"]) == ("Superseded", True)


def test_another_device_of_the_account_ends_nothing(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), start(NOW + 5, session="s2", mac=OTHER_MAC))
    assert [row["online"] for row in radius_schema.sessions()] == [True, True]


def test_an_interim_of_the_older_router_after_roaming_reopens(radius_schema: Any) -> None:
    roamed = start(NOW + 200, nas="10.0.0.2", session="x")
    radius_schema.feed(start(NOW), roamed, interim(NOW + 300, octets_in=5))
    assert [row["online"] for row in radius_schema.sessions()] == [True, True]


@pytest.mark.parametrize(("gap", "expected"), [(299, 1), (301, 2)])
def test_a_start_over_five_minutes_after_the_stop_is_a_new_session(
    radius_schema: Any, gap: int, expected: int
) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60, octets_in=10))
    radius_schema.feed(start(NOW + 60 + gap), interim(NOW + 60 + gap + 60, octets_in=3))
    rows = radius_schema.sessions()
    assert len(rows) == expected
    assert len({row["acctuniqueid"] for row in rows}) == expected
    if expected == 2:
        assert [row["acctinputoctets"] for row in rows] == [10, 3]
        radius_schema.feed(stop(NOW + 60, octets_in=10))
        assert [row["online"] for row in radius_schema.sessions()] == [False, True]
        radius_schema.feed(stop(NOW + 60 + gap + 90, octets_in=4))
        assert [row["acctinputoctets"] for row in radius_schema.history()] == [10, 4]
        assert radius_schema.usage()["amina", when(NOW).date().isoformat()][0] == 14


def test_a_reused_session_id_in_one_batch_is_two_sessions(radius_schema: Any) -> None:
    radius_schema.feed(
        start(NOW), stop(NOW + 60, octets_in=10), start(NOW + 400), stop(NOW + 500, octets_in=4)
    )
    assert [row["acctinputoctets"] for row in radius_schema.history()] == [10, 4]


def test_a_start_long_after_the_last_news_ends_the_session_a_crash_left_open(
    radius_schema: Any,
) -> None:
    radius_schema.feed(start(NOW), interim(NOW + 60, octets_in=10))
    radius_schema.feed(start(NOW + HOUR))
    crashed, new = radius_schema.sessions()
    assert (crashed["acctterminatecause"], crashed["acctstoptime"]) == (
        "NAS-Reboot",
        when(NOW + 60),
    )
    assert (new["online"], new["acctstarttime"]) == (True, when(NOW + HOUR))


@pytest.mark.parametrize("offset", [-8 * 24 * HOUR, 2 * HOUR])
def test_an_impossible_event_time_becomes_the_servers_and_is_flagged(
    radius_schema: Any, offset: int
) -> None:
    radius_schema.feed(start(NOW, event=NOW + offset))
    row = radius_schema.session()
    assert (row["acctstarttime"], row["time_clamped"]) == (when(NOW), True)


def test_a_plausible_event_time_is_kept(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW, event=NOW - 6 * 24 * HOUR))
    row = radius_schema.session()
    assert (row["acctstarttime"], row["time_clamped"]) == (when(NOW - 6 * 24 * HOUR), False)


def test_an_impossible_session_time_is_clamped_to_400_days(radius_schema: Any) -> None:
    radius_schema.feed(stop(NOW, seconds=4_294_967_295))
    row = radius_schema.session()
    assert (row["acctstarttime"], row["time_clamped"]) == (when(NOW - 400 * 24 * HOUR), True)


def test_a_session_over_midnight_is_one_row_and_its_octets_count_on_their_days(
    radius_schema: Any,
) -> None:
    evening, morning = NOW - 13 * HOUR, NOW - 11 * HOUR
    lines = start(evening), interim(evening + 60, octets_in=10), stop(morning, octets_in=25)
    radius_schema.feed(*lines)
    assert len(radius_schema.history()) == 1
    days = {day: used[0] for (_, day), used in radius_schema.usage().items()}
    assert days == {when(evening).date().isoformat(): 10, when(morning).date().isoformat(): 15}


def test_ipv6_that_comes_later_is_kept(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    radius_schema.feed(interim(NOW, ipv6_prefix="2001:db8::/64", delegated="2001:db8:1::/56"))
    row = radius_schema.session()
    assert row["framedipv6prefix"] == "2001:db8::/64"
    assert row["delegatedipv6prefix"] == "2001:db8:1::/56"


@pytest.mark.parametrize(
    "spelling",
    [
        "02-00-00-00-00-01",
        "02:00:00:00:00:01",
        "0200.0000.0001",
        "020000000001",
        "02:00:00:00:00:01:Home",
    ],
)
def test_macs_are_spelled_one_way(radius_schema: Any, spelling: str) -> None:
    radius_schema.feed(start(NOW, mac=spelling))
    assert radius_schema.session()["callingstationid"] == MAC


@pytest.mark.parametrize(
    "name",
    [
        "O'Neil",
        'a"b\\c',
        "+254712345678",
        "Jos\u00e9 \u6f22\u5b57 \U0001f600",
        "x" * 253,
        "'; DROP TABLE x; --",
    ],
)
def test_any_name_is_stored_as_it_is(radius_schema: Any, name: str) -> None:
    radius_schema.feed(start(NOW, user=name))
    assert radius_schema.session()["username"] == name


def test_another_tenants_records_are_not_touched(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), start(NOW, tenant="ts_sqlb", user="otieno"))
    assert [row["username"] for row in radius_schema.sessions()] == ["amina"]
    assert radius_schema.one("SELECT username FROM ts_sqlb.sessions")[0] == "otieno"


def test_silent_sessions_end_at_their_last_update(radius_schema: Any) -> None:
    radius_schema.feed(
        start(NOW - 3 * HOUR),
        interim(NOW - 2 * HOUR),
        start(NOW - 700, session="s2", mac=OTHER_MAC),
    )
    assert radius_schema.database.heal("ts_sqla", when(NOW)) == 1
    silent, fresh = radius_schema.sessions()
    assert (silent["acctstoptime"], silent["acctterminatecause"]) == (
        when(NOW - 2 * HOUR),
        "Stale-Session",
    )
    assert fresh["online"] is True
    radius_schema.feed(interim(NOW - 2 * HOUR))
    assert radius_schema.sessions()[0]["online"] is False
    radius_schema.feed(interim(NOW - HOUR))
    assert radius_schema.sessions()[0]["online"] is True


def test_healing_looks_at_the_watermark_and_not_at_the_clock(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW - 3 * HOUR))
    assert radius_schema.database.heal("ts_sqla", when(NOW - 3 * HOUR + 700)) == 0


def test_ended_sessions_are_forgotten_after_eight_days_but_stay_in_history(
    radius_schema: Any,
) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60))
    assert radius_schema.database.purge("ts_sqla", when(NOW)) == 0
    radius_schema.run("UPDATE ts_sqla.radacct_open SET acctstoptime = now() - interval '12 days'")
    assert radius_schema.database.purge("ts_sqla", when(NOW)) == 1
    assert len(radius_schema.sessions()) == 1
