"""What web, relay and workers send over Redis to every realtime process."""

import json
import time
from collections.abc import Iterator

import pytest
import redis

from tests.conftest import World
from tests.realtime.listening import Bus, listening
from wificore.realtime import limits, messages, names, publishing
from wificore.realtime.messages import Outgoing
from wificore.realtime.registry import App, registry

APP = App(id="7", key="k" * 20, secrets=("s",), schema="ts_one", slug="one")
OTHER = App(id="8", key="l" * 20, secrets=("s",), schema="ts_two", slug="two")


@pytest.fixture
def bus() -> Iterator[Bus]:
    with listening(APP.id) as heard:
        yield heard
        for kept in heard.client.keys(names.key(OTHER.schema, OTHER.id, "*")):
            heard.client.delete(kept)


def test_an_event_goes_once_to_each_of_its_channels(bus: Bus) -> None:
    before = int(time.time() * 1000)
    publishing.trigger(APP, ["a", "private-b", "a"], "made", '{"é": 1}', except_socket="1.2", seq=9)
    (sent,) = bus.messages(1)
    assert before <= sent.pop("t") <= int(time.time() * 1000)
    assert sent == {
        "k": "event",
        "channels": ["a", "private-b"],
        "event": "made",
        "data": '{"é": 1}',
        "except": "1.2",
        "seq": 9,
    }


def test_what_is_not_said_is_left_out(bus: Bus) -> None:
    publishing.trigger(APP, ["a"], "made", "{}")
    (sent,) = bus.messages(1)
    assert {"except", "seq"}.isdisjoint(sent)


def test_many_events_keep_their_order(bus: Bus) -> None:
    publishing.trigger_many(APP, [Outgoing(["a"], "made", str(n)) for n in range(50)])
    assert [sent["data"] for sent in bus.messages(50)] == [str(n) for n in range(50)]


def test_a_users_own_channel_is_the_users_sockets(bus: Bus) -> None:
    publishing.trigger(APP, ["#server-to-user-7", "a"], "made", "{}")
    publishing.trigger_user(APP, "8", "hello", "{}")
    sent = bus.messages(3)
    assert [(each["k"], each.get("user"), each.get("channels")) for each in sent] == [
        ("event", None, ["a"]),
        ("user", "7", None),
        ("user", "8", None),
    ]


@pytest.mark.parametrize(
    "channel", ["cache-a", "private-cache-a", "presence-cache-a", "private-encrypted-cache-a"]
)
def test_a_cache_channel_keeps_its_last_event_for_an_hour(bus: Bus, channel: str) -> None:
    publishing.trigger(APP, [channel], "first", "1")
    publishing.trigger(APP, [channel, "cacheless"], "second", "2")
    key = names.cache_key("ts_one", "7", channel)
    assert key.startswith("wificore:rt:ts_one:7:")
    assert json.loads(bus.client.get(key)) == {"event": "second", "data": "2"}
    assert 0 < bus.client.ttl(key) <= limits.CACHE_SECONDS
    assert bus.client.keys(names.key("ts_one", "7", "*")) == [key.encode()]


def test_one_apps_events_never_go_out_for_another(bus: Bus) -> None:
    publishing.trigger(OTHER, ["cache-a"], "theirs", "1")
    publishing.trigger(APP, ["cache-a"], "ours", "2")
    assert [sent["event"] for sent in bus.messages(1)] == ["ours"]
    assert json.loads(bus.client.get(names.cache_key("ts_two", "8", "cache-a")))["data"] == "1"


def test_a_users_sockets_are_closed_bound_and_checked_anew(
    world: World, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "find", lambda by, value: APP if value == "ts_one" else None)
    publishing.terminate_user("ts_one", "7")
    publishing.recheck_user("ts_one", "7")
    publishing.recheck_user("ts_one")
    publishing.bind(APP.id, "1.2", "7")
    publishing.terminate_user("ts_none", "7")
    publishing.changed("7")
    assert bus.messages(5) == [
        {"k": "terminate", "user": "7"},
        {"k": "terminate", "user": "7", "code": 4200},
        {"k": "terminate", "code": 4200},
        {"k": "bind", "socket": "1.2", "user": "7"},
        {"k": "app"},
    ]


def test_a_change_is_forgotten_here_at_once(world: World, bus: Bus) -> None:
    found = registry.find("schema", "ts_alpha")
    assert found is not None
    publishing.changed(found.id)
    assert registry._known["schema", "ts_alpha"].until == 0.0


def test_without_redis_the_caller_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = redis.Redis(port=1, socket_connect_timeout=1)
    monkeypatch.setattr(publishing, "client", lambda: nobody)
    with pytest.raises(redis.RedisError):
        publishing.trigger(APP, ["a"], "made", "{}")


def test_an_illegal_name_is_kept_by_no_cache() -> None:
    commands = list(messages.event_commands(APP, Outgoing(["cache-ü"], "made", "{}")))
    assert [command[0] for command in commands] == ["PUBLISH"]
