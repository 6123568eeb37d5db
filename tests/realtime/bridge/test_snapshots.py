"""States: read for channels that somebody listens on, told when they changed, never too often."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from tests.conftest import World
from tests.radius import lines
from tests.realtime.bridge.conftest import now, start, valid
from tests.realtime.listening import Bus, listening
from wificore.jobs.services import job_start
from wificore.kernel.db.context import tenant_context
from wificore.realtime import names, state
from wificore.realtime.bridge import snapshots
from wificore.realtime.bridge.snapshots import Snapshots, occupied
from wificore.realtime.registry import App

NODE = "snapshot-test"
SESSIONS, JOBS, DASHBOARD = "private-sessions", "private-jobs", "private-cache-dashboard"

Spooled = Callable[..., None]


class Round:
    """Rounds of the companion, without the pauses between them."""

    def __init__(self, client: "redis.Redis") -> None:
        self.client, self.snapshots, self.monotonic = client, Snapshots(), 1_000_000.0

    def __call__(self, seconds: float = 10.0) -> None:
        self.monotonic += seconds
        self.snapshots(self.client)


@pytest.fixture
def round_(line: "redis.Redis", monkeypatch: pytest.MonkeyPatch) -> Round:
    """`round_()`: ten seconds later; the clock is the test's."""
    found = Round(line)
    monkeypatch.setattr(snapshots.time, "monotonic", lambda: found.monotonic)
    return found


@pytest.fixture
def listen(line: "redis.Redis") -> Iterator[Callable[..., None]]:
    """As if sockets of these channels were open on a node."""
    touched: list[str] = []

    def occupy(app: App, *channels: str) -> None:
        key = names.key(app.schema, app.id, "channels")
        touched.append(key)
        line.delete(key)
        line.zadd(state.NODES, {NODE: 1})
        line.sadd(state.apps_of(NODE), state.tag(app))
        for channel in channels:
            line.hset(key, channel, 1)

    yield occupy
    line.delete(*touched, state.apps_of(NODE))
    line.zrem(state.NODES, NODE)


def told(bus: Bus) -> list[tuple[str, str, Any]]:
    found = []
    for message in bus.waiting():
        [channel], data = message["channels"], json.loads(message["data"])
        valid(channel, message["event"], data)
        found.append((channel, message["event"], data))
    return found


def test_nobody_listens_so_nothing_is_read_or_sent(
    world: World, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    round_()
    listen(app, "private-payments", "other")
    round_()
    assert hearing.waiting() == []
    assert list(occupied(round_.client)) == []


def test_usage_comes_as_one_message_for_all_sessions(
    spooled: Spooled, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    spooled(start("amina"), start("otieno"))
    for user in ("amina", "otieno"):
        fields = {"user": user, "session": user, "mac": user, "seconds": 30}
        octets = {"octets_in": 1000, "octets_out": 5000}
        spooled(lines.interim(now() - 30, tenant="ts_alpha", **fields, **octets))
    listen(app, SESSIONS)
    round_()
    [(channel, event, data)] = told(hearing)
    assert (channel, event) == (SESSIONS, "sessions.snapshot")
    payload = data["payload"]
    totals = (payload["active"], payload["input_octets"], payload["output_octets"])
    assert totals == (2, 2000, 10000)
    assert {row["username"] for row in payload["sessions"]} == {"amina", "otieno"}


def test_what_did_not_change_is_not_told_again(
    spooled: Spooled, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    listen(app, SESSIONS)
    round_()
    round_()
    assert len(told(hearing)) == 1
    spooled(start("amina"))
    round_()
    [(_, _, data)] = told(hearing)
    assert data["payload"]["active"] == 1


def test_changes_are_told_no_faster_than_the_channel_says(
    spooled: Spooled, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    listen(app, SESSIONS)
    round_()
    for user in ("amina", "otieno", "wanjiru"):
        spooled(start(user))
        round_(seconds=0.6)
    assert len(told(hearing)) == 1
    round_(seconds=0.6)
    [(_, _, data)] = told(hearing)
    assert data["payload"]["active"] == 3


def test_whoever_comes_to_an_empty_channel_is_told_how_it_stands(
    round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    listen(app, SESSIONS)
    round_()
    listen(app)
    round_()
    listen(app, SESSIONS)
    round_()
    assert len(told(hearing)) == 2


def test_a_jobs_progress_is_told_and_its_secrets_are_not(
    alpha: Any,
    round_: Round,
    hearing: Bus,
    listen: Callable[..., None],
    app: App,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wificore.jobs.services._send", lambda *_a, **_k: None)
    listen(app, JOBS)
    with tenant_context(alpha):
        job = job_start(kind="tests.echo", params={"text": "not for everybody"})
    round_()
    [(channel, event, data)] = told(hearing)
    assert (channel, event) == (JOBS, "jobs.progress")
    assert [row["state"] for row in data["payload"]["jobs"]] == ["queued"]
    assert "not for everybody" not in json.dumps(data)
    with tenant_context(alpha):
        type(job).objects.filter(created_at=job.created_at, pk=job.pk).update(done=5, total=10)
    round_()
    [(_, _, data)] = told(hearing)
    assert [(row["done"], row["total"]) for row in data["payload"]["jobs"]] == [(5, 10)]
    with tenant_context(alpha):
        type(job).objects.filter(created_at=job.created_at, pk=job.pk).update(state="done")
    round_()
    assert told(hearing)[0][2]["payload"] == {"jobs": []}


def test_the_dashboard_is_kept_for_whoever_comes_later(
    spooled: Spooled, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    spooled(start("amina"))
    for user, reply, reason in (
        ("amina", "Access-Accept", ""),
        ("x", "Access-Reject", "unknown user"),
        ("y", "Access-Reject", "unknown user"),
        ("z", "Access-Reject", "wrong password"),
    ):
        found = lines.login(user, now(), tenant="ts_alpha", reply=reply, reason=reason)
        spooled(found, kind="postauth")
    listen(app, DASHBOARD)
    round_()
    [(_, _, data)] = told(hearing)
    assert data["payload"] == {
        "active_sessions": 1,
        "logins_15_min": 1,
        "rejects_15_min": 3,
        "reject_reasons": [
            {"reason": "unknown user", "count": 2},
            {"reason": "wrong password", "count": 1},
        ],
    }
    kept = round_.client.get(names.cache_key(app.schema, app.id, DASHBOARD))
    assert json.loads(json.loads(kept)["data"]) == data
    round_(seconds=snapshots.REPEAT_S + 1)
    assert len(told(hearing)) == 1, "it would be forgotten"


def test_each_tenant_is_told_its_own_state(
    world: World,
    spooled: Spooled,
    round_: Round,
    hearing: Bus,
    listen: Callable[..., None],
    app: App,
    other_app: App,
) -> None:
    spooled(start("amina"))
    listen(app, SESSIONS)
    listen(other_app, SESSIONS)
    with listening(other_app.id) as betas:
        round_()
        [(_, _, data)] = told(betas)
    assert (data["payload"]["active"], data["payload"]["sessions"]) == (0, [])
    assert [data["payload"]["active"] for _, _, data in told(hearing)] == [1]


def test_a_tenant_in_trouble_costs_the_others_nothing(
    world: World,
    round_: Round,
    hearing: Bus,
    listen: Callable[..., None],
    app: App,
    other_app: App,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "READERS", {"sessions.snapshot": _broken, "jobs.progress": dict})
    listen(app, SESSIONS)
    listen(other_app, JOBS)
    with listening(other_app.id) as betas:
        round_()
        assert [message["event"] for message in betas.waiting()] == ["jobs.progress"]
    assert hearing.waiting() == []


def test_a_closed_app_is_told_nothing(
    round_: Round, hearing: Bus, listen: Callable[..., None], app: App, monkeypatch: Any
) -> None:
    monkeypatch.setattr(snapshots, "app_of", lambda _schema: None)
    listen(app, SESSIONS)
    round_()
    assert hearing.waiting() == []


def test_a_message_fits_whatever_there_is(
    spooled: Spooled, round_: Round, hearing: Bus, listen: Callable[..., None], app: App
) -> None:
    long = "\u00fc" * 100
    spooled(*(start(f"{number}{long}") for number in range(40)))
    listen(app, SESSIONS)
    round_()
    [message] = hearing.waiting()
    assert json.loads(message["data"])["payload"]["active"] == 40
    assert len(message["data"].encode()) < 10_240


def _broken() -> Any:
    raise ZeroDivisionError
