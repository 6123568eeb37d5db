"""Subscriptions of one socket: what succeeds, what fails, and that a failure costs nothing else."""

import json

import pytest

from tests.realtime.nodes import Node
from tests.realtime.raw import Frame, Raw, bus, connected, forget_webhooks, publish
from tests.worker import until
from wificore.realtime import limits, names, signatures
from wificore.realtime.registry import App

SUCCEEDED = "pusher_internal:subscription_succeeded"
FAILED = "pusher:subscription_error"


def failed(answer: Frame, kind: str, status: int) -> None:
    assert answer["event"] == FAILED, answer
    assert (answer["data"]["type"], answer["data"]["status"]) == (kind, status)
    assert answer["data"]["error"]


@pytest.mark.parametrize(
    "channel",
    [
        "orders",
        "private-orders",
        "private-encrypted-notes",
        "private-sys-health",
        "privateer",
        "presenceless",
    ],
)
def test_a_channel_is_subscribed_and_hears_events(client: Raw, app: App, channel: str) -> None:
    assert client.subscribe(channel)["event"] == SUCCEEDED
    publish(app, channel, "paid", {"n": 1})
    assert client.frame() == {"event": "paid", "channel": channel, "data": {"n": 1}}


@pytest.mark.parametrize("channel", ["private-x", "presence-x", "private-encrypted-x"])
@pytest.mark.parametrize("auth", [None, "", "nonsense", ":", "k:" + "0" * 64])
def test_without_a_good_auth_string_it_is_an_auth_error(
    client: Raw, channel: str, auth: str | None
) -> None:
    data = {"channel_data": '{"user_id":"7"}'}
    client.send("pusher:subscribe", {"channel": channel, "auth": auth, **data})
    failed(client.frame(), "AuthError", 401)
    assert client.quiet()


def test_the_auth_string_of_another_socket_or_channel_is_refused(client: Raw, second: Raw) -> None:
    failed(client.subscribe("private-x", auth=second.sign("private-x")), "AuthError", 401)
    failed(client.subscribe("private-x", auth=client.sign("private-y")), "AuthError", 401)
    assert client.subscribe("private-x")["event"] == SUCCEEDED


def test_the_auth_string_of_another_key_is_refused(client: Raw, other_app: App) -> None:
    auth = signatures.channel_auth(
        other_app.key, other_app.secrets[0], client.socket_id, "private-x"
    )
    failed(client.subscribe("private-x", auth=auth), "AuthError", 401)


@pytest.mark.parametrize(
    "channel", ["", "ok\n", "two words", "a:b", "private-é", "x" * (limits.CHANNEL_NAME + 1)]
)
def test_an_illegal_name_is_a_limit(client: Raw, channel: str) -> None:
    failed(client.subscribe(channel), "LimitReached", 4301)
    assert client.quiet()


def test_the_longest_name_is_legal(client: Raw) -> None:
    assert client.subscribe("x" * limits.CHANNEL_NAME)["event"] == SUCCEEDED


def test_a_socket_has_an_end_of_channels(client: Raw) -> None:
    for number in range(limits.SUBSCRIPTIONS):
        assert client.subscribe(f"c{number}")["event"] == SUCCEEDED
    failed(client.subscribe("one-more"), "LimitReached", 4301)


def test_subscribing_twice_answers_twice_and_delivers_once(client: Raw, app: App) -> None:
    assert client.subscribe("orders")["event"] == SUCCEEDED
    assert client.subscribe("orders")["event"] == SUCCEEDED
    publish(app, "orders", "paid", {})
    client.expect("paid")
    assert client.quiet()


def test_after_unsubscribing_nothing_comes(client: Raw, app: App) -> None:
    client.subscribe("orders")
    client.send("pusher:unsubscribe", {"channel": "orders"})
    client.send("pusher:unsubscribe", {"channel": "never-was"})
    assert client.quiet()
    publish(app, "orders", "paid", {})
    assert client.quiet()


def test_the_socket_that_caused_an_event_can_be_left_out(
    client: Raw, second: Raw, app: App
) -> None:
    client.subscribe("orders")
    second.subscribe("orders")
    publish(app, "orders", "paid", {}, **{"except": client.socket_id})
    second.expect("paid")
    assert client.quiet()


def test_data_arrives_as_it_was_sent_and_the_number_beside_it(client: Raw, app: App) -> None:
    client.subscribe("orders")
    publish(app, "orders", "paid", "not json é 💧", seq=41)
    assert client.expect("paid") == {
        "event": "paid",
        "channel": "orders",
        "data": "not json é 💧",
        "seq": 41,
    }


def test_one_event_goes_to_all_its_channels(client: Raw, app: App) -> None:
    client.subscribe("a")
    client.subscribe("b")
    with bus() as redis:
        message = {"k": "event", "channels": ["a", "b", "c"], "event": "paid", "data": "1"}
        redis.publish(names.bus(app.id), json.dumps(message))
    assert [client.frame()["channel"] for _ in range(2)] == ["a", "b"]


def test_a_message_that_makes_no_sense_stops_nothing(client: Raw, app: App) -> None:
    client.subscribe("orders")
    with bus() as redis:
        for rubbish in ("", "{", "[]", '{"k":1}', '{"k":"event"}', '{"k":"event","channels":7}'):
            redis.publish(names.bus(app.id), rubbish)
    publish(app, "orders", "paid", {})
    client.expect("paid")


def test_the_counts_in_redis_follow(node: Node, app: App) -> None:
    key = names.key(app.schema, app.id, "channels")
    with bus() as redis:
        with connected(node, app) as one, connected(node, app) as other:
            one.subscribe("orders")
            other.subscribe("orders")
            assert redis.hgetall(key) == {"orders": "2"}
            other.send("pusher:unsubscribe", {"channel": "orders"})
            other.quiet()
            until(lambda: redis.hgetall(key) == {"orders": "1"})
        until(lambda: not redis.exists(key))


@pytest.mark.parametrize(
    "channel", ["cache-a", "private-cache-a", "private-encrypted-cache-a", "presence-cache-a"]
)
def test_a_cache_channel_tells_its_last_event_or_that_there_is_none(
    client: Raw, second: Raw, app: App, channel: str
) -> None:
    def enter(raw: Raw) -> None:
        answer = raw.join(channel, "7") if "presence" in channel else raw.subscribe(channel)
        assert answer["event"] == SUCCEEDED

    enter(client)
    assert client.expect("pusher:cache_miss") == {"event": "pusher:cache_miss", "channel": channel}
    kept = {"event": "price", "data": '{"kes":5}', "seq": 9}
    with bus() as redis:
        redis.set(names.cache_key(app.schema, app.id, channel), json.dumps(kept))
    enter(second)
    frame = second.expect("price")
    assert (frame["channel"], frame["data"], frame["seq"]) == (channel, {"kes": 5}, 9)


def test_webhooks_hear_of_a_channel_once(node: Node, app: App, world: object) -> None:
    from tests.realtime.sockets.test_connecting import change

    # Nothing listens there: no name to look up, no answer to wait for.
    change(app, webhook_url="http://127.0.0.1:9/", webhook_events=[*HOOKS])
    key = names.key(app.schema, app.id, "hooks")
    with bus() as redis:

        def told() -> list[str]:
            redis.delete(key)
            with connected(node, app) as one, connected(node, app) as other:
                one.subscribe("cache-a")
                one.expect("pusher:cache_miss")
                other.join("presence-a", "7")
                one.join("presence-a", "7")
            until(lambda: not redis.exists(names.key(app.schema, app.id, "channels")))
            return [json.loads(text)["name"] for text in redis.lrange(key, 0, -1)]

        expected = [
            "cache_miss",
            *["channel_occupied"] * 2,
            *["channel_vacated"] * 2,
            "member_added",
            "member_removed",
        ]
        # Again, when the sender took some away meanwhile, or a socket of before left late.
        until(lambda: sorted(told()) == expected)
        assert f"{app.schema} {app.id}" in redis.smembers("wificore:rt:public:hooks")
    change(app, webhook_url="")
    forget_webhooks(app)


HOOKS = (
    "channel_occupied",
    "channel_vacated",
    "member_added",
    "member_removed",
    "client_event",
    "cache_miss",
)
