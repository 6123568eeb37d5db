"""How many messages one app may publish: one count over all processes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tests.realtime import raw
from tests.realtime.http.conftest import Api
from tests.realtime.listening import Bus
from tests.realtime.nodes import running_node
from wificore.realtime import names
from wificore.realtime.registry import App

MOST = 1_000
CHANNELS = [f"c{number}" for number in range(100)]


def key(app: App) -> str:
    return names.key(app.schema, app.id, "rate")


def leave(app: App, messages: int) -> None:
    """The app may publish so many more; its bucket does not fill before a call is taken."""
    with raw.bus() as redis:
        # Anew: what a call has left there expires, and the bucket would be full again.
        redis.delete(key(app))
        redis.hset(key(app), mapping={"left": messages, "at": int(time.time() + 3600) * 1000})


@pytest.fixture(autouse=True)
def full_again(api: Api, theirs: Api) -> Iterator[None]:
    yield
    with raw.bus() as redis:
        redis.delete(key(api.app), key(theirs.app))


def test_an_app_that_publishes_too_much_is_told_when_to_come_back(api: Api, bus: Bus) -> None:
    batch = [{"channel": "c", "name": "made", "data": "{}"}] * 5
    leave(api.app, 4)
    answer = api.post("/batch_events", {"batch": batch})
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")
    assert answer.json()["error"]["code"] == "throttled"
    assert bus.waiting() == []
    leave(api.app, 5)
    assert api.post("/batch_events", {"batch": batch}).status == 200
    assert len(bus.waiting()) == 5


def test_an_event_counts_once_for_each_of_its_channels(api: Api) -> None:
    leave(api.app, 99)
    assert api.event(channels=CHANNELS).status == 429
    assert api.event(channels=CHANNELS[1:]).status == 200


def test_what_is_not_published_is_not_counted(api: Api) -> None:
    leave(api.app, 0)
    assert api.call("GET", "/channels").status == 200
    assert api.post("/users/42/terminate_connections", {}).status == 200
    assert api.event().status == 429


def test_one_apps_messages_are_not_counted_for_another(api: Api, theirs: Api) -> None:
    leave(api.app, 0)
    assert (api.event().status, theirs.event().status) == (429, 200)
    assert key(api.app).split(":")[2:4] == [api.app.schema, api.app.id]


def test_a_bucket_is_full_again_after_a_second_and_then_gone(api: Api) -> None:
    assert api.event(channels=CHANNELS).status == 200
    with raw.bus() as redis:
        kept_ms = redis.pttl(key(api.app))
        assert kept_ms == -2 or 0 < kept_ms <= 1000
        redis.hset(key(api.app), mapping={"left": 0, "at": int(time.time() - 10) * 1000})
    assert api.event(channels=CHANNELS).status == 200
    with raw.bus() as redis:
        left = redis.hget(key(api.app), "left")
        assert left is None or float(left) == settings.REALTIME_MESSAGES_PER_SECOND - 100


def test_two_processes_count_together(api: Api, tmp_path: Path) -> None:
    limit = {"REALTIME_MESSAGES_PER_SECOND": str(MOST)}
    with (
        running_node(tmp_path / "one.log", **limit) as one,
        running_node(tmp_path / "other.log", **limit) as other,
    ):
        doors = [replace(api, port=node.port) for node in (one, other)]
        for door in doors:  # whatever is slow the first time
            door.call("GET", "/channels")
        began = time.monotonic()
        statuses = [doors[n % 2].event(channels=CHANNELS).status for n in range(40)]
        taken = statuses.count(200) * len(CHANNELS)
        # Whatever the machine did meanwhile: a bucket, and what ran into it.
        assert taken <= MOST * (1 + time.monotonic() - began)
        assert set(statuses) <= {200, 429}
        leave(api.app, 0)
        assert [door.event().status for door in doors] == [429, 429]
