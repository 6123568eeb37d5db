"""pusher:signin, and what only a signed-in user hears."""

import json

import pytest

from tests.realtime.raw import Raw, say
from tests.realtime.sockets.test_subscribing import SUCCEEDED, failed
from wificore.realtime import signatures
from wificore.realtime.registry import App


def letter(app: App, user: str) -> None:
    say(app, {"k": "user", "user": user, "event": "letter", "data": '{"n":1}'})


def test_a_user_signs_in_and_hears_what_is_for_the_user(client: Raw, app: App) -> None:
    assert json.loads(client.sign_in("7")["data"]["user_data"]) == {"id": "7"}
    assert client.subscribe("#server-to-user-7")["event"] == SUCCEEDED
    letter(app, "8")
    letter(app, "7")
    assert client.frame() == {
        "event": "letter",
        "channel": "#server-to-user-7",
        "data": {"n": 1},
    }


def test_all_the_users_sockets_hear_it(client: Raw, second: Raw, app: App) -> None:
    client.sign_in("7")
    second.sign_in("7")
    letter(app, "7")
    client.expect("letter")
    second.expect("letter")


@pytest.mark.parametrize("channel", ["#server-to-user-7", "#server-to-user-", "#server-to-user-8"])
def test_nobody_else_may_listen(client: Raw, second: Raw, app: App, channel: str) -> None:
    failed(client.subscribe(channel), "AuthError", 401)
    second.sign_in("9")
    failed(second.subscribe(channel), "AuthError", 401)
    letter(app, "7")
    assert client.quiet()


@pytest.mark.parametrize(
    "user_data", ['{"id":"8"}', "{}", '{"id":""}', "nonsense", '{"id":null}', "[]"]
)
def test_a_wrong_sign_in_is_4009(client: Raw, app: App, user_data: str) -> None:
    signed = '{"id":"7"}' if user_data == '{"id":"8"}' else user_data
    auth = signatures.user_auth(app.key, app.secrets[0], client.socket_id, signed)
    client.send("pusher:signin", {"auth": auth, "user_data": user_data})
    assert client.closed() == 4009


def test_a_number_is_a_user_too(client: Raw, app: App) -> None:
    user_data = '{"id":7}'
    auth = signatures.user_auth(app.key, app.secrets[0], client.socket_id, user_data)
    client.send("pusher:signin", {"auth": auth, "user_data": user_data})
    client.expect("pusher:signin_success")
    letter(app, "7")
    client.expect("letter")
