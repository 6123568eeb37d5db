"""Stock laravel-echo on stock pusher-js, in Node and in Chromium."""

from typing import Any

from tests.realtime.stock.clients import Stock

ROOM = "room"


def listen(stock: Stock, name: str, kind: str, channel: str) -> None:
    stock.do("listen", id=name, kind=kind, channel=channel, event="OrderPaid")
    stock.event(name, channel, "subscribed")


def test_a_public_channel(stock: Stock) -> None:
    stock.open("ann", echo=True)
    listen(stock, "ann", "channel", "orders")
    stock.server.trigger("orders", "OrderPaid", {"kes": 5})
    assert stock.event("ann", "orders", "OrderPaid")["data"] == {"kes": 5}


def test_a_private_channel(stock: Stock) -> None:
    stock.open("ann", echo=True)
    listen(stock, "ann", "private", "orders")
    stock.server.trigger("private-orders", "OrderPaid", {"kes": 5})
    assert stock.event("ann", "orders", "OrderPaid")["data"] == {"kes": 5}


def test_a_refused_channel_is_an_error(stock: Stock) -> None:
    stock.open("ann", echo=True)
    stock.refuses.add("private-orders")
    stock.do("listen", id="ann", kind="private", channel="orders", event="OrderPaid")
    assert stock.event("ann", "orders", "error")["data"]["status"] == 401


def test_an_encrypted_channel(stock: Stock) -> None:
    stock.open("ann", echo=True)
    listen(stock, "ann", "encryptedPrivate", "notes")
    stock.server.trigger("private-encrypted-notes", "OrderPaid", {"kes": 5})
    assert stock.event("ann", "notes", "OrderPaid")["data"] == {"kes": 5}


def names(entry: dict[str, Any]) -> list[str]:
    return sorted(member["name"] for member in entry["data"])


def test_who_is_here_joining_and_leaving(stock: Stock) -> None:
    stock.open("ann", echo=True)
    stock.open("ben", echo=True)
    listen(stock, "ann", "join", ROOM)
    stock.rewind()
    assert names(stock.event("ann", ROOM, "here")) == ["Ann"]
    listen(stock, "ben", "join", ROOM)
    stock.rewind()
    assert names(stock.event("ben", ROOM, "here")) == ["Ann", "Ben"]
    stock.rewind()
    assert stock.event("ann", ROOM, "joining")["data"]["name"] == "Ben"
    stock.do("leave", id="ben", channel=ROOM)
    assert stock.event("ann", ROOM, "leaving")["data"]["name"] == "Ben"


def test_whispers_reach_the_others(stock: Stock) -> None:
    stock.open("ann", echo=True)
    stock.open("ben", echo=True)
    listen(stock, "ann", "private", "chat")
    listen(stock, "ben", "private", "chat")
    stock.do("whisper", id="ann", channel="chat", data={"at": 3})
    assert stock.event("ben", "chat", "whisper")["data"] == {"at": 3}
    assert stock.heard("ann", "whisper") == []
