"""Stock pusher-js, in Node and in Chromium, with the stock publisher of Python."""

from tests.realtime.stock.clients import Stock

ROOM = "presence-room"


def test_it_connects_and_hears_a_public_channel(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", "orders")
    stock.server.trigger("orders", "paid", {"kes": 5, "by": "Åse 💧"})
    assert stock.event("ann", "orders", "paid")["data"] == {"kes": 5, "by": "Åse 💧"}


def test_a_private_channel_is_signed_by_the_apps_server(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", "private-orders")
    stock.server.trigger("private-orders", "paid", "text")
    assert stock.event("ann", "private-orders", "paid")["data"] == "text"


def test_a_wrong_signature_is_a_subscription_error_and_the_rest_goes_on(stock: Stock) -> None:
    stock.open("ann")
    stock.refuses.add("private-orders")
    stock.do("subscribe", id="ann", channel="private-orders")
    error = stock.event("ann", "private-orders", "pusher:subscription_error")["data"]
    assert (error["type"], error["status"]) == ("AuthError", 401)
    stock.subscribe("ann", "private-others")


def test_members_see_each_other_come_and_go(stock: Stock) -> None:
    stock.open("ann")
    stock.open("ben")
    members = stock.subscribe("ann", ROOM)
    assert members["me"] == {"id": "ann", "info": {"name": "Ann"}}
    members = stock.subscribe("ben", ROOM)
    assert members["count"] == 2
    assert members["members"] == {"ann": {"name": "Ann"}, "ben": {"name": "Ben"}}
    stock.rewind()
    added = stock.event("ann", ROOM, "pusher:member_added")["data"]
    assert added == {"id": "ben", "info": {"name": "Ben"}}
    stock.do("unsubscribe", id="ben", channel=ROOM)
    assert stock.event("ann", ROOM, "pusher:member_removed")["data"]["id"] == "ben"


def test_two_windows_of_one_user_are_one_member(stock: Stock) -> None:
    stock.open("ann")
    stock.open("first", user="ben")
    stock.open("again", user="ben")
    stock.subscribe("ann", ROOM)
    stock.subscribe("first", ROOM)
    assert stock.subscribe("again", ROOM)["count"] == 2
    stock.do("close", id="first")
    stock.server.trigger(ROOM, "mark", {})
    stock.event("ann", ROOM, "mark")
    assert stock.heard("ann", "pusher:member_removed") == []
    stock.do("close", id="again")
    stock.event("ann", ROOM, "pusher:member_removed")
    assert len(stock.heard("ann", "pusher:member_added")) == 1


def test_an_encrypted_channel_is_read_by_its_subscribers_only(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", "private-encrypted-notes")
    stock.server.trigger("private-encrypted-notes", "note", {"secret": "é"})
    assert stock.event("ann", "private-encrypted-notes", "note")["data"] == {"secret": "é"}


def test_a_cache_channel_misses_and_then_remembers(stock: Stock) -> None:
    stock.open("ann")
    stock.open("ben")
    stock.subscribe("ann", "private-cache-price")
    stock.event("ann", "private-cache-price", "pusher:cache_miss")
    stock.server.trigger("private-cache-price", "set", {"kes": 1})
    stock.event("ann", "private-cache-price", "set")
    stock.subscribe("ben", "private-cache-price")
    assert stock.event("ben", "private-cache-price", "set")["data"] == {"kes": 1}


def test_a_client_event_says_who_sent_it_and_is_not_echoed(stock: Stock) -> None:
    stock.open("ann")
    stock.open("ben")
    stock.subscribe("ann", ROOM)
    stock.subscribe("ben", ROOM)
    stock.do("trigger", id="ann", channel=ROOM, event="client-typing", data={"at": 3})
    assert stock.event("ben", ROOM, "client-typing")["data"] == {"at": 3}
    stock.rewind()
    assert stock.wait(lambda e: "typing" in e)["typing"] == {"user_id": "ann"}
    assert stock.heard("ann", "client-typing") == []


def test_the_eleventh_client_event_of_a_second_is_an_error_and_the_connection_stays(
    stock: Stock,
) -> None:
    stock.open("ann")
    stock.subscribe("ann", "private-chat")
    for number in range(30):
        stock.do("trigger", id="ann", channel="private-chat", event="client-x", data={"n": number})
    assert stock.wait(lambda e: "error" in e)["error"]["code"] == 4301
    stock.subscribe("ann", "orders")


def test_a_signed_in_user_hears_what_is_for_the_user(stock: Stock) -> None:
    stock.open("ann")
    stock.do("signIn", id="ann")
    stock.wait(lambda e: e.get("global") == "pusher:signin_success" or "user" in e)
    stock.server.send_to_user("ann", "letter", {"n": 1})
    assert stock.wait(lambda e: e.get("user") == "letter")["data"] == {"n": 1}


def test_a_users_connections_can_be_terminated(stock: Stock) -> None:
    stock.open("ann")
    stock.do("signIn", id="ann")
    stock.wait(lambda e: e.get("global") == "pusher:signin_success" or "user" in e)
    stock.server.terminate_user_connections("ann")
    stock.wait(lambda e: e.get("id") == "ann" and e.get("error", {}).get("code") == 4009)
    stock.wait(lambda e: e.get("id") == "ann" and e.get("state") == "disconnected")


def test_after_unsubscribing_nothing_comes(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", "orders")
    stock.subscribe("ann", "others")
    stock.do("unsubscribe", id="ann", channel="orders")
    stock.server.trigger(["orders", "others"], "paid", {})
    stock.event("ann", "others", "paid")
    assert [e["channel"] for e in stock.heard("ann", "paid")] == ["others"]


def test_an_unknown_key_is_told_and_not_tried_again(stock: Stock) -> None:
    stock.do("open", id="ann", key="nobody", options=stock.options)
    assert stock.wait(lambda e: "error" in e)["error"]["code"] == 4001
    stock.wait(lambda e: e.get("state") == "disconnected")


def test_the_socket_that_caused_an_event_is_left_out(stock: Stock) -> None:
    socket_id = stock.open("ann")
    stock.open("ben")
    for name in ("ann", "ben"):
        stock.subscribe(name, "orders")
    stock.server.trigger("orders", "paid", {}, socket_id)
    stock.server.trigger("orders", "mark", {})
    stock.event("ben", "orders", "paid")
    stock.rewind()
    stock.event("ann", "orders", "mark")
    assert stock.heard("ann", "paid") == []


def test_a_batch_comes_in_its_order(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", "orders")
    batch = [{"channel": "orders", "name": "paid", "data": number} for number in range(10)]
    stock.server.trigger_batch(batch)
    heard = [stock.event("ann", "orders", "paid")["data"] for _ in batch]
    assert heard == list(range(10))


def test_the_publisher_can_ask_who_is_there(stock: Stock) -> None:
    stock.open("ann")
    stock.subscribe("ann", ROOM)
    assert stock.server.users_info(ROOM)["users"] == [{"id": "ann"}]
    assert list(stock.server.channels_info("presence-")["channels"]) == [ROOM]
    assert stock.server.channel_info(ROOM)["occupied"] is True
