"""What programs publish and ask, by Pusher's own library and by hand."""

import json
from typing import Any

import pusher
import pytest
from pusher.errors import PusherBadRequest, PusherForbidden

from tests.realtime.http.conftest import Api
from tests.realtime.listening import Bus
from wificore.realtime import names, process


def test_the_stock_library_triggers_an_event(api: Api, bus: Bus) -> None:
    answer = api.library().trigger(["orders", "private-b"], "made", {"é": 1}, socket_id="1.2")
    assert answer == {}
    (sent,) = bus.messages(1)
    assert sent["channels"] == ["orders", "private-b"]
    assert sent["except"] == "1.2"
    assert json.loads(sent["data"]) == {"é": 1}


def test_the_stock_library_sends_a_batch_in_its_order(api: Api, bus: Bus) -> None:
    events = [{"channel": f"c{n}", "name": "made", "data": str(n)} for n in range(10)]
    assert api.library().trigger_batch(events) == {}
    assert [(each["channels"], each["data"]) for each in bus.messages(10)] == [
        ([f"c{n}"], str(n)) for n in range(10)
    ]


def test_the_stock_library_sends_to_a_user_and_closes_the_users_sockets(api: Api, bus: Bus) -> None:
    library = api.library()
    assert library.trigger("#server-to-user-42", "made", "{}") == {}
    # It names no app in this path: the key says which one it is.
    assert library.terminate_user_connections("42") == {}
    assert library.terminate_user_connections("amina@home;1") == {}
    assert [(each["k"], each["user"]) for each in bus.messages(3)] == [
        ("user", "42"),
        ("terminate", "42"),
        ("terminate", "amina@home;1"),
    ]


def test_a_users_sockets_are_closed_by_the_documented_path_too(api: Api, bus: Bus) -> None:
    assert api.post("/users/42/terminate_connections", {}).status == 200
    assert bus.messages(1) == [{"k": "terminate", "user": "42"}]


class Somebody:
    """Subscriptions of sockets that the hub counts; taken back afterwards."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._keys = [names.key(api.app.schema, api.app.id, "channels")]
        self._redis: Any = None

    def __enter__(self) -> "Somebody":
        import redis
        from django.conf import settings

        self._redis = redis.Redis.from_url(settings.EVENTS_REDIS_URL)
        return self

    def on(self, channel: str, count: int, *users: str) -> None:
        self._redis.hset(self._keys[0], channel, count)
        members = names.key(self._api.app.schema, self._api.app.id, "members", channel)
        self._keys.append(members)
        for user in users:
            self._redis.hset(members, user, json.dumps({"user_id": user}))

    def __exit__(self, *_exc: object) -> None:
        self._redis.delete(*self._keys)
        self._redis.close()


def test_the_stock_library_asks_who_is_where(api: Api) -> None:
    library = api.library()
    with Somebody(api) as somebody:
        somebody.on("orders", 3)
        somebody.on("presence-a", 4, "1", "2")
        somebody.on("presence-b", 1, "9")
        assert library.channels_info() == {
            "channels": {"orders": {}, "presence-a": {}, "presence-b": {}}
        }
        assert library.channels_info("presence-", ["user_count"]) == {
            "channels": {"presence-a": {"user_count": 2}, "presence-b": {"user_count": 1}}
        }
        assert library.channel_info("presence-a", ["user_count", "subscription_count"]) == {
            "occupied": True,
            "user_count": 2,
            "subscription_count": 4,
        }
        assert library.channel_info("nobody") == {"occupied": False}
        assert library.users_info("presence-a") == {"users": [{"id": "1"}, {"id": "2"}]}
        assert library.users_info("presence-none") == {"users": []}


def test_one_app_sees_nothing_of_anothers_channels(api: Api, theirs: Api, bus: Bus) -> None:
    with Somebody(theirs) as somebody:
        somebody.on("presence-a", 2, "7")
        assert api.library().channels_info() == {"channels": {}}
        assert api.library().users_info("presence-a") == {"users": []}
        assert api.library().channel_info("presence-a") == {"occupied": False}
    assert theirs.event(channels=["cache-a"]).status == 200
    assert api.call("GET", "/channels/cache-a", info="cache").json()["cache"] is None
    assert bus.waiting() == []


def test_what_users_cannot_be_counted_of_is_refused(api: Api) -> None:
    library = api.library()
    with pytest.raises(PusherBadRequest):
        library.channels_info(attributes=["user_count"])
    with pytest.raises(PusherBadRequest):
        library.channel_info("orders", ["user_count"])
    with pytest.raises(PusherBadRequest):
        library.users_info("orders")
    with pytest.raises(PusherBadRequest):
        library.channel_info("orders", ["colour"])


def test_whoever_publishes_may_ask_about_the_channels_in_the_same_call(api: Api) -> None:
    asked = "user_count,subscription_count"
    with Somebody(api) as somebody:
        somebody.on("presence-a", 4, "1", "2")
        answer = api.event(channels=["presence-a", "orders"], info=asked).json()
        assert answer == {
            "channels": {
                "presence-a": {"subscription_count": 4, "user_count": 2},
                "orders": {"subscription_count": 0},
            }
        }
        event = {"name": "made", "data": "{}"}
        batch = [
            {**event, "channel": "orders"},
            {**event, "channel": "presence-a", "info": "user_count"},
        ]
        answer = api.post("/batch_events", {"batch": batch}).json()
        assert answer == {"batch": [{}, {"user_count": 2}]}


def test_a_cache_channels_last_event_is_told(api: Api, bus: Bus) -> None:
    assert api.event(channels=["cache-a"], data='"é"').status == 200
    cached = api.call("GET", "/channels/cache-a", info="cache").json()["cache"]
    assert cached["data"] == '"é"'
    assert 0 < cached["ttl"] <= 3600


def test_an_event_may_name_one_channel_as_the_old_libraries_did(api: Api, bus: Bus) -> None:
    event = {"name": "made", "channel": "orders", "data": "text, not JSON"}
    assert api.post("/events", event).json() == {}
    assert bus.messages(1)[0]["channels"] == ["orders"]


def test_our_own_channels_are_nobodys_to_publish_on(api: Api, bus: Bus) -> None:
    with pytest.raises(PusherForbidden):
        api.library().trigger("private-sys-all", "made", "{}")
    event = {"name": "made", "data": "{}"}
    batch = [{**event, "channel": "orders"}, {**event, "channel": "private-sys-all"}]
    assert api.post("/batch_events", {"batch": batch}).status == 403
    assert bus.waiting() == []


def test_an_encrypted_event_goes_out_as_the_library_made_it(api: Api, bus: Bus) -> None:
    library = pusher.Pusher(
        app_id=api.app.id,
        key=api.app.key,
        secret=api.app.secrets[0],
        host="127.0.0.1",
        port=api.port,
        ssl=False,
        encryption_master_key_base64="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    )
    assert library.trigger("private-encrypted-a", "made", {"a": 1}) == {}
    assert set(json.loads(bus.messages(1)[0]["data"])) == {"nonce", "ciphertext"}


def test_anybody_may_ask_whether_it_is_up(api: Api) -> None:
    for method in ("GET", "HEAD"):
        answer = api.send(method, "/up", Host="whatever.example")
        assert answer.status == 200
    assert api.send("GET", "/up").json() == {"ok": True}


def test_without_redis_a_call_is_told_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.hub().link, "is_up", False)
    answer = api.event()
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert api.call("GET", "/channels").status == 503
