"""Opening a socket, and being refused one: stock clients see why, and whether to come back."""

from typing import Any

from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, connected, dial, say
from tests.worker import until
from wificore.kernel.db.context import platform_context
from wificore.realtime.models import App as AppRow
from wificore.realtime.registry import App, look_up


def refused(client: Raw, code: int) -> None:
    """Told by an error frame, and closed with the same code."""
    error = client.expect("pusher:error")["data"]
    assert error["code"] == code, error
    assert error["message"]
    assert client.closed() == code


def change(app: App, **values: Any) -> None:
    with platform_context():
        AppRow.objects.filter(pk=app.id).update(**values)
    say(app, {"k": "app"})


def test_the_first_frame_names_the_socket_in_two_integers(node: Node, app: App) -> None:
    with connected(node, app) as one, connected(node, app) as other:
        for client in (one, other):
            left, right = client.socket_id.split(".")
            assert left.isdigit()
            assert right.isdigit()
            assert client.seen[0]["data"]["activity_timeout"] == 30
        assert one.socket_id != other.socket_id


def test_an_unknown_key_is_4001(node: Node, app: App) -> None:
    with dial(node, app, path="/app/nobody?protocol=7") as client:
        refused(client, 4001)


def test_an_unsupported_protocol_is_4007(node: Node, app: App) -> None:
    with dial(node, app, path=f"/app/{app.key}?protocol=99") as client:
        refused(client, 4007)


def test_another_path_is_4005(node: Node, app: App) -> None:
    with dial(node, app, path="/chat") as client:
        refused(client, 4005)


def test_a_page_of_another_site_is_4009(node: Node, app: App) -> None:
    with dial(node, app, origin="https://evil.example") as client:
        refused(client, 4009)


def test_the_host_of_another_tenant_is_4009(node: Node, app: App, other_app: App) -> None:
    with dial(node, app, host=next(iter(other_app.hosts))) as client:
        refused(client, 4009)
    with connected(node, app, host=next(iter(app.hosts))):
        pass


def test_a_disabled_app_is_4003_for_old_and_new_sockets(node: Node, app: App) -> None:
    with connected(node, app) as client:
        change(app, enabled=False)
        refused(client, 4003)
    with dial(node, app) as client:
        refused(client, 4003)
    change(app, enabled=True)
    with connected(node, app):
        pass


def test_over_quota_is_4004_until_a_socket_leaves(node: Node, app: App) -> None:
    change(app, max_connections=2)

    def known() -> bool:
        with connected(node, app), connected(node, app), dial(node, app) as third:
            return third.frame()["event"] == "pusher:error"

    until(known)
    with connected(node, app), connected(node, app):
        with dial(node, app) as third:
            refused(third, 4004)
    change(app, max_connections=10_000)


def test_an_origin_may_be_listed(node: Node, app: App) -> None:
    change(app, allowed_origins=["https://shop.example"])

    def listed() -> bool:
        with dial(node, app, origin="https://shop.example") as client:
            return client.frame()["event"] == "pusher:connection_established"

    until(listed)


def test_the_app_is_found_by_its_key_alone(app: App) -> None:
    assert look_up("key", app.key) == app
