"""`auth` strings against Pusher's own example and its own library."""

import json

import pusher

from wificore.realtime import signatures

# The example of Pusher Channels' documentation, "Auth signatures".
KEY, SECRET, SOCKET = "278d425bdf160c739803", "7ad3773142a6692b25b8", "1234.1234"
EXAMPLE = "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"


def test_pushers_own_example_holds() -> None:
    assert signatures.channel_auth(KEY, SECRET, SOCKET, "private-foobar") == f"{KEY}:{EXAMPLE}"


def test_what_the_stock_library_signs_holds() -> None:
    stock = pusher.Pusher(app_id="1", key=KEY, secret=SECRET, host="localhost")
    member = {"user_id": "7", "user_info": {"name": "Ann"}}
    answer = stock.authenticate("presence-room", SOCKET, member)
    assert signatures.channel_auth_holds(
        answer["auth"], KEY, [SECRET], SOCKET, "presence-room", answer["channel_data"]
    )
    user = stock.authenticate_user(SOCKET, {"id": "7"})
    assert signatures.user_auth_holds(user["auth"], KEY, [SECRET], SOCKET, user["user_data"])
    assert json.loads(user["user_data"])["id"] == "7"


def test_an_old_secret_holds_beside_the_new_one_and_not_after_it() -> None:
    auth = signatures.channel_auth(KEY, "old", SOCKET, "private-a")
    assert signatures.channel_auth_holds(auth, KEY, ["new", "old"], SOCKET, "private-a")
    assert not signatures.channel_auth_holds(auth, KEY, ["new"], SOCKET, "private-a")
    assert not signatures.channel_auth_holds(auth, KEY, [], SOCKET, "private-a")


def test_another_key_socket_channel_or_member_fails() -> None:
    auth = signatures.channel_auth(KEY, SECRET, SOCKET, "presence-a", '{"user_id":"7"}')
    good = (KEY, [SECRET], SOCKET, "presence-a", '{"user_id":"7"}')
    assert signatures.channel_auth_holds(auth, *good)
    for place, other in enumerate(["other", ["x"], "1.2", "presence-b", '{"user_id":"8"}']):
        changed = [other if index == place else part for index, part in enumerate(good)]
        assert not signatures.channel_auth_holds(auth, *changed)


def test_rubbish_fails_quietly() -> None:
    for auth in ("", ":", "é", "\ud800", f"{KEY}:{'0' * 64}"):
        assert not signatures.channel_auth_holds(auth, KEY, [SECRET], SOCKET, "private-a")
    assert not signatures.user_auth_holds("x", KEY, [SECRET], SOCKET, "\ud800")
