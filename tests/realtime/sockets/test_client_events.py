"""Events that clients send to each other."""

import pytest

from tests.realtime.raw import Raw
from tests.realtime.sockets.test_connecting import change
from tests.worker import until
from wificore.realtime import limits
from wificore.realtime.registry import App


def refused(client: Raw) -> None:
    error = client.expect("pusher:error")["data"]
    assert error["code"] == 4301, error


def test_the_others_in_the_channel_hear_it_and_not_the_sender(client: Raw, second: Raw) -> None:
    for raw in (client, second):
        raw.subscribe("private-chat")
    for data in ({"n": 1}, "text", [1, "é"], None, 7):
        client.connection.send(frame("client-typing", data, "private-chat"))
        heard = second.frame()
        assert heard["event"] == "client-typing"
        assert heard["data"] == data
        assert "user_id" not in heard
    assert client.quiet()


def frame(event: str, data: object, channel: object) -> str:
    import json

    return json.dumps({"event": event, "data": data, "channel": channel})


def test_in_a_presence_channel_the_server_says_who_sent_it(client: Raw, second: Raw) -> None:
    client.join("presence-chat", "7")
    second.join("presence-chat", "8")
    client.send("client-typing", {"user_id": "9"}, channel="presence-chat", user_id="9")
    assert second.expect("client-typing")["user_id"] == "7"


@pytest.mark.parametrize("channel", ["chat", "private-encrypted-chat", "private-sys-chat"])
def test_other_kinds_of_channels_carry_none(client: Raw, second: Raw, channel: str) -> None:
    client.subscribe(channel)
    second.subscribe(channel)
    client.send("client-typing", {}, channel=channel)
    refused(client)
    assert second.quiet()


def test_one_must_be_in_the_channel(client: Raw, second: Raw) -> None:
    second.subscribe("private-chat")
    client.send("client-typing", {}, channel="private-chat")
    refused(client)
    assert second.quiet()


def test_more_than_ten_a_second_are_refused_and_the_socket_stays(client: Raw, second: Raw) -> None:
    client.subscribe("private-chat")
    second.subscribe("private-chat")
    for number in range(40):
        client.send("client-typing", {"n": number}, channel="private-chat")
    heard = [second.expect("client-typing")["data"]["n"] for _ in range(10)]
    assert heard == list(range(10))
    refused(client)
    client.send("pusher:ping")
    client.wait("pusher:pong")


def test_too_much_data_is_refused(client: Raw, second: Raw) -> None:
    client.subscribe("private-chat")
    second.subscribe("private-chat")
    client.send("client-x", "x" * (limits.EVENT_DATA + 1), channel="private-chat")
    refused(client)
    client.send("client-x", "x" * limits.EVENT_DATA, channel="private-chat")
    assert len(second.expect("client-x")["data"]) == limits.EVENT_DATA


def test_too_long_a_name_is_refused(client: Raw) -> None:
    client.subscribe("private-chat")
    client.send("client-" + "x" * limits.EVENT_NAME, {}, channel="private-chat")
    refused(client)


def test_an_app_may_switch_them_off(client: Raw, second: Raw, app: App) -> None:
    client.subscribe("private-chat")
    change(app, client_events=False)

    def off() -> bool:
        client.send("client-x", {}, channel="private-chat")
        client.send("pusher:ping")
        return client.frame()["event"] == "pusher:error"

    until(off)
    change(app, client_events=True)


def test_events_that_only_servers_send_are_not_relayed(client: Raw, second: Raw) -> None:
    client.subscribe("private-chat")
    second.subscribe("private-chat")
    for event in ("typing", "pusher:error", "pusher_internal:member_added", "Client-x"):
        client.send(event, {}, channel="private-chat")
    assert client.quiet()
    assert second.quiet()
