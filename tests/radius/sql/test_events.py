"""What the ingester's functions publish: starts, stops and rejects, once, in the batch's own
transaction, and nothing for interims."""

import json
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings

import wificore.events
from radius.ingest.errors import Unavailable
from radius.sql import TENANT_EVENTS
from wificore.kernel.sql import statements

from ..lines import MAC, NOW, interim, login, restart, start, stop
from .model import Packet
from .test_accounting_properties import line, packets

EVENTS_TABLES = Path(wificore.events.__file__).parent / "sql" / "tables.sql"
OUTBOX = "SELECT tenant, type, subject, payload FROM public.events_outbox ORDER BY id"
OTHER_MAC = "02-00-00-00-00-02"


@pytest.fixture(autouse=True)
def outbox(radius_database: tuple[str, str], radius_schema: Any) -> None:
    """The outbox, empty, and the functions that write to it."""
    connection = psycopg2.connect(radius_database[0])
    with connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE wc_owner")
        cursor.execute("SELECT to_regclass('public.events_outbox')")
        if cursor.fetchone() == (None,):
            for statement in statements(EVENTS_TABLES, "public"):
                cursor.execute(statement)
        for schema in (radius_schema.schema, radius_schema.other):
            for statement in statements(TENANT_EVENTS, schema):
                cursor.execute(statement)
        cursor.execute("TRUNCATE public.events_outbox")
    connection.close()


def published(radius: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(row["type"], row["payload"]) for row in radius.run(OUTBOX)]


def types(radius: Any) -> list[str]:
    return [event_type for event_type, _ in published(radius)]


def test_a_start_and_a_stop_are_published_with_what_listeners_need(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW, ip="10.9.0.1", called="aabb.ccdd.eeff:Cafe"))
    radius_schema.feed(stop(NOW + 60, seconds=60, octets_in=5, octets_out=7))
    (_, started), (_, stopped) = published(radius_schema)
    assert types(radius_schema) == ["session.started", "session.stopped"]
    assert started["id"].partition(".")[0] == radius_schema.session()["acctstarttime"].strftime(
        "%Y%m%d"
    )
    common = {
        "username": "amina",
        "session_id": "s1",
        "nas_address": "10.0.0.1",
        "mac": MAC,
        "ssid": "Cafe",
        "framed_ip": "10.9.0.1",
    }
    assert common.items() <= started.items()
    assert started.items() <= stopped.items()
    assert started["started_at"].endswith("+00:00")
    assert {
        "duration_s": 60,
        "input_octets": 5,
        "output_octets": 7,
        "terminate_cause": "User-Request",
        "stop_guessed": False,
    }.items() <= stopped.items()
    assert {(row["tenant"], row["subject"]) for row in radius_schema.run(OUTBOX)} == {
        ("ts_sqla", "amina")
    }


def test_interims_and_duplicates_publish_nothing(radius_schema: Any) -> None:
    lines = [start(NOW), interim(NOW + 30, octets_in=3, seconds=30), stop(NOW + 60, octets_in=9)]
    radius_schema.feed(*lines)
    radius_schema.feed(*lines)
    radius_schema.feed(*reversed(lines))
    assert types(radius_schema) == ["session.started", "session.stopped"]


def test_a_lone_stop_is_only_a_stop(radius_schema: Any) -> None:
    radius_schema.feed(stop(NOW, seconds=60))
    radius_schema.feed(start(NOW - 60))
    assert types(radius_schema) == ["session.stopped"]


def test_an_interim_without_a_start_starts_the_session(radius_schema: Any) -> None:
    radius_schema.feed(interim(NOW, seconds=60))
    assert types(radius_schema) == ["session.started"]


def test_higher_counters_after_the_stop_correct_it(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), stop(NOW + 60, octets_in=9))
    radius_schema.feed(interim(NOW + 50, octets_in=12))
    assert types(radius_schema)[2:] == ["session.corrected"]
    assert published(radius_schema)[2][1]["input_octets"] == 12


def test_roaming_stops_the_older_session_by_a_guess(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    radius_schema.feed(start(NOW + 60, session="s2", nas="10.0.0.2"))
    assert types(radius_schema) == ["session.started", "session.started", "session.stopped"]
    stopped = published(radius_schema)[2][1]
    assert (stopped["terminate_cause"], stopped["stop_guessed"]) == ("Superseded", True)


def test_a_router_that_restarts_stops_its_sessions(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW), start(NOW, session="s2", user="brian", mac=OTHER_MAC))
    radius_schema.feed(restart(NOW + 60))
    ended = [payload for event, payload in published(radius_schema) if event == "session.stopped"]
    assert sorted(payload["session_id"] for payload in ended) == ["s1", "s2"]


def test_a_guess_that_was_wrong_resumes_the_session(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    heal(radius_schema)
    radius_schema.feed(interim(NOW + 3600, seconds=3600))
    assert types(radius_schema) == ["session.started", "session.stopped", "session.resumed"]
    assert radius_schema.session()["online"]
    radius_schema.feed(stop(NOW + 3700, seconds=3700))
    assert types(radius_schema)[3:] == ["session.stopped"]
    assert len({payload["id"] for _, payload in published(radius_schema)}) == 1


def test_the_real_stop_corrects_a_guessed_one(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    heal(radius_schema)
    radius_schema.feed(stop(NOW + 3600, seconds=3600))
    event, payload = published(radius_schema)[2]
    assert (event, payload["stop_guessed"]) == ("session.corrected", False)
    assert payload["duration_s"] == 3600


def heal(radius: Any) -> None:
    radius.run("SELECT ts_sqla.wc_sessions_heal_v1(now())")


def test_rejects_are_published_and_accepts_are_not(radius_schema: Any) -> None:
    radius_schema.feed_logins(
        login("amina"),
        login("brian", reply="Access-Reject", reason="wrong password", mac="aabb.ccdd.eeff"),
        login("", reply="Access-Reject", reason="unknown user", tenant="ts_sqlb"),
    )
    (first, other) = radius_schema.run(OUTBOX)
    assert (first["tenant"], first["type"], first["subject"]) == (
        "ts_sqla",
        "login.rejected",
        "brian",
    )
    assert {
        "username": "brian",
        "reason": "wrong password",
        "mac": "AA-BB-CC-DD-EE-FF",
        "nas_address": "10.0.0.1",
    }.items() <= first["payload"].items()
    assert (other["tenant"], other["subject"]) == ("ts_sqlb", "")
    assert "password" not in json.dumps(list(first["payload"]))


def test_a_batch_that_does_not_commit_publishes_nothing(radius_schema: Any) -> None:
    radius_schema.feed(start(NOW))
    radius_schema.run("UPDATE public.spool_checkpoint SET position = position + 1")
    with pytest.raises(Unavailable):
        radius_schema.feed(stop(NOW + 60))
    assert types(radius_schema) == ["session.started"]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(packets(routers=2, devices=1))
def test_whoever_follows_the_events_knows_who_is_online(
    radius_schema: Any, sent: list[Packet]
) -> None:
    radius_schema.run(
        "TRUNCATE public.events_outbox, public.spool_checkpoint, ts_sqla.radacct,"
        " ts_sqla.radacct_open, ts_sqla.usage_daily"
    )
    radius_schema._fed = 0
    known: dict[str, str] = {}
    for first in range(0, len(sent), 5):
        radius_schema.feed(*map(line, sent[first : first + 5]))
    for event, payload in published(radius_schema):
        before = known.get(payload["id"])
        _check_order(before, event)
        known[payload["id"]] = event
    online = {
        f"{row['acctstarttime']:%Y%m%d}.{row['radacctid']}": row["online"]
        for row in radius_schema.sessions()
    }
    assert {k: e in ("session.started", "session.resumed") for k, e in known.items()} == online


def _check_order(before: str | None, event: str) -> None:
    allowed = {
        None: {"session.started", "session.stopped"},
        "session.started": {"session.stopped"},
        "session.resumed": {"session.stopped"},
        "session.stopped": {"session.resumed", "session.corrected"},
        "session.corrected": {"session.resumed", "session.corrected"},
    }
    assert event in allowed[before], f"{event} after {before}"
