"""From Pusher's own library to a socket of a real realtime process."""

import pusher
import pytest
from pusher.errors import PusherForbidden

from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import World
from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, connected
from wificore.devserver.config import LOOPBACK
from wificore.realtime import publishing
from wificore.realtime.registry import App


def library(node: Node, app: App) -> pusher.Pusher:
    return pusher.Pusher(
        app_id=app.id, key=app.key, secret=app.secrets[0], host=LOOPBACK, port=node.port, ssl=False
    )


def test_what_a_program_publishes_a_socket_hears(node: Node, app: App, client: Raw) -> None:
    client.subscribe("private-orders")
    library(node, app).trigger("private-orders", "made", {"é": [1, "\u2028"]})
    heard = client.expect("made")
    assert (heard["channel"], heard["data"]) == ("private-orders", {"é": [1, "\u2028"]})


def test_the_socket_that_caused_it_does_not_hear_it(
    node: Node, app: App, client: Raw, second: Raw
) -> None:
    client.subscribe("orders")
    second.subscribe("orders")
    library(node, app).trigger("orders", "made", {}, client.socket_id)
    second.expect("made")
    assert client.quiet()


def test_a_batch_arrives_whole_and_in_its_order(node: Node, app: App, client: Raw) -> None:
    client.subscribe("orders")
    events = [{"channel": "orders", "name": "made", "data": n} for n in range(10)]
    library(node, app).trigger_batch(events)
    assert [client.expect("made")["data"] for _ in range(10)] == list(range(10))


def test_another_tenants_sockets_hear_nothing(
    node: Node, app: App, other_app: App, client: Raw
) -> None:
    client.subscribe("orders")
    with connected(node, other_app) as stranger:
        stranger.subscribe("orders")
        library(node, app).trigger("orders", "made", {})
        client.expect("made")
        assert stranger.quiet()


def test_whoever_joins_a_cache_channel_late_gets_its_last_event(
    node: Node, app: App, client: Raw
) -> None:
    library(node, app).trigger("private-cache-price", "set", {"n": 1})
    library(node, app).trigger("private-cache-price", "set", {"n": 2})
    client.subscribe("private-cache-price")
    assert client.expect("set")["data"] == {"n": 2}


def test_who_is_where_is_asked_of_real_sockets(
    node: Node, app: App, client: Raw, second: Raw
) -> None:
    client.join("presence-shop", "7", name="Amina")
    second.join("presence-shop", "7", name="Amina")
    second.join("presence-hall", "8")
    asked = library(node, app)
    assert asked.channel_info("presence-shop", ["user_count", "subscription_count"]) == {
        "occupied": True,
        "user_count": 1,
        "subscription_count": 2,
    }
    assert asked.users_info("presence-hall") == {"users": [{"id": "8"}]}
    assert set(asked.channels_info("presence-")["channels"]) == {"presence-shop", "presence-hall"}


def test_a_signed_in_user_is_reached_and_its_sockets_closed(
    node: Node, app: App, client: Raw, second: Raw
) -> None:
    client.sign_in("42")
    second.sign_in("43")
    library(node, app).trigger("#server-to-user-42", "note", {"n": 1})
    assert client.expect("note")["data"] == {"n": 1}
    library(node, app).terminate_user_connections("42")
    assert client.closed() == 4009
    assert second.quiet()


def test_whoever_asked_for_a_channel_here_can_be_closed_though_it_never_signed_in(
    node: Node, app: App, client: Raw, second: Raw
) -> None:
    publishing.bind(app.id, client.socket_id, "7")
    publishing.bind(app.id, second.socket_id, "8")
    client.subscribe("orders")
    second.subscribe("orders")
    publishing.terminate_user("ts_alpha", "7")
    assert client.closed() == 4009
    publishing.recheck_user("ts_alpha")
    assert second.closed() == 4200


def test_a_tenant_that_is_suspended_has_no_sockets(
    node: Node, app: App, world: World, client: Raw
) -> None:
    client.subscribe("orders")
    tenant_suspend(tenant=world.alpha)
    try:
        publishing.changed(app.id)
        assert client.closed() == 4003
        with pytest.raises(PusherForbidden):
            library(node, app).trigger("orders", "made", {})
    finally:
        tenant_resume(tenant=world.alpha)
        publishing.changed(app.id)
