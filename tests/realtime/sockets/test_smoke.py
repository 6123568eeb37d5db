"""One process, two clients: from subscribing to leaving."""

from tests.realtime.raw import Raw, publish
from wificore.realtime.registry import App


def test_two_clients_see_an_event_and_each_other(client: Raw, second: Raw, app: App) -> None:
    assert client.subscribe("orders")["event"] == "pusher_internal:subscription_succeeded"
    publish(app, "orders", "paid", {"n": 1})
    assert client.expect("paid")["data"] == {"n": 1}
    assert client.join("presence-room", "7")["data"]["presence"]["ids"] == ["7"]
    got = second.join("presence-room", 8)["data"]["presence"]
    assert set(got["ids"]) == {"7", "8"}
    assert client.expect("pusher_internal:member_added")["data"] == {"user_id": "8"}
    second.connection.close()
    assert client.expect("pusher_internal:member_removed")["data"] == {"user_id": "8"}
