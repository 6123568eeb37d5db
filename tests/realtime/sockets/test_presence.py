"""Presence channels: who is there, told once per user."""

import json

from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, bus, connected, say
from tests.realtime.sockets.test_subscribing import SUCCEEDED, failed
from tests.worker import until
from wificore.realtime import limits, names
from wificore.realtime.registry import App

ROOM = "presence-room"


def ids(answer: dict[str, object]) -> set[str]:
    assert answer["event"] == SUCCEEDED
    presence = answer["data"]["presence"]  # type: ignore[index]
    assert presence["count"] == len(presence["ids"]) == len(presence["hash"])
    return set(presence["ids"])


def test_a_member_sees_itself_and_what_it_said(client: Raw) -> None:
    answer = client.join(ROOM, "7", name="Ann")
    assert answer["data"]["presence"] == {"count": 1, "ids": ["7"], "hash": {"7": {"name": "Ann"}}}


def test_others_hear_of_a_users_first_socket_and_last_one_only(
    client: Raw, second: Raw, node: Node, app: App
) -> None:
    client.join(ROOM, "7")
    assert ids(second.join(ROOM, "8", name="Ben")) == {"7", "8"}
    added = client.expect("pusher_internal:member_added")
    assert added["data"] == {"user_id": "8", "user_info": {"name": "Ben"}}
    with connected(node, app) as third:
        assert ids(third.join(ROOM, 8)) == {"7", "8"}
        assert client.quiet()
        assert second.quiet()
    assert client.quiet()
    second.send("pusher:unsubscribe", {"channel": ROOM})
    assert client.expect("pusher_internal:member_removed")["data"] == {"user_id": "8"}
    assert client.quiet()


def test_a_full_channel_refuses_one_more_user_and_no_more_sockets(
    client: Raw, second: Raw, app: App
) -> None:
    members = names.key(app.schema, app.id, "members", ROOM)
    with bus() as redis:
        for number in range(limits.MEMBERS - 1):
            redis.hset(members, f"u{number}", json.dumps({"user_id": f"u{number}"}))
        assert len(ids(client.join(ROOM, "7"))) == limits.MEMBERS
        failed(second.join(ROOM, "8"), "LimitReached", 4301)
        assert len(ids(second.join(ROOM, "7"))) == limits.MEMBERS
        redis.delete(members)


def test_a_member_over_two_kilobytes_is_a_limit(client: Raw) -> None:
    failed(client.join(ROOM, "7", text="x" * limits.MEMBER), "LimitReached", 4301)
    assert client.quiet()


def test_a_member_without_an_id_is_refused(client: Raw) -> None:
    for data in ("{}", "[]", "nonsense", '{"user_id":null}'):
        answer = client.subscribe(ROOM, auth=client.sign(ROOM, data), channel_data=data)
        failed(answer, "AuthError", 401)
    assert client.quiet()


def test_a_member_that_was_changed_after_it_was_signed_is_refused(client: Raw) -> None:
    auth = client.sign(ROOM, '{"user_id":"7"}')
    answer = client.subscribe(ROOM, auth=auth, channel_data='{"user_id":"8"}')
    failed(answer, "AuthError", 401)


def test_subscribing_again_answers_with_the_list_again(client: Raw, second: Raw) -> None:
    client.join(ROOM, "7")
    second.join(ROOM, "8")
    client.expect("pusher_internal:member_added")
    assert ids(client.join(ROOM, "7")) == {"7", "8"}
    failed(client.join(ROOM, "9"), "AuthError", 401)


def test_the_list_in_redis_is_gone_with_the_last_member(client: Raw, app: App) -> None:
    client.join(ROOM, "7")
    with bus() as redis:
        assert redis.hkeys(names.key(app.schema, app.id, "members", ROOM)) == ["7"]
        client.connection.close()
        until(lambda: not list(redis.scan_iter(names.key(app.schema, app.id, "*"))))


def test_a_terminated_users_sockets_are_closed_however_they_are_known(
    client: Raw, second: Raw, node: Node, app: App
) -> None:
    client.join(ROOM, "7")
    second.sign_in("7")
    with connected(node, app) as bound, connected(node, app) as stranger:
        say(app, {"k": "bind", "socket": bound.socket_id, "user": "7"})
        say(app, {"k": "bind", "socket": "1.1", "user": "7"})
        say(app, {"k": "terminate", "user": "7"})
        assert [raw.closed() for raw in (client, second, bound)] == [4009] * 3
        assert stranger.quiet()


def test_all_users_can_be_sent_for_their_rights_anew(client: Raw, second: Raw, app: App) -> None:
    client.sign_in("7")
    say(app, {"k": "terminate", "code": 4200})
    assert client.closed() == 4200
    assert second.quiet(), "nobody's socket"
