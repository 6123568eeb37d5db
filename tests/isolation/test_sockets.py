"""Two tenants with the same names on one realtime process: nothing crosses."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.conftest import World
from tests.isolation.registry import SOCKET_KEYS
from tests.realtime.conftest import _app, node, session_node  # noqa: F401  # fixtures
from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, bus, connected, dial, publish, say
from tests.worker import until
from wificore.realtime import names
from wificore.realtime.registry import App

ROOM, PRICES, ORDERS, OPEN = "presence-room", "private-cache-prices", "private-orders", "lobby"
CHANNELS = (ROOM, PRICES, ORDERS, OPEN)


@pytest.fixture
def apps(world: World) -> tuple[App, App]:
    """Alpha's and beta's."""
    return _app(world.alpha), _app(world.beta)


@contextmanager
def everywhere(node: Node, app: App) -> Iterator[Raw]:  # noqa: F811
    """A socket in all the channels, as user 7."""
    with connected(node, app) as client:
        client.join(ROOM, "7", of=app.schema)
        for name in CHANNELS[1:]:
            client.subscribe(name)
        client.sign_in("7")
        yield client


def test_sockets_of_two_tenants_with_the_same_names_never_meet(
    node: Node,  # noqa: F811
    apps: tuple[App, App],
) -> None:
    alpha, _ = apps
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(everywhere(node, app)) for app in apps)
        assert theirs.quiet(), "alpha's user 7 came before beta's"
        for name in CHANNELS:
            publish(alpha, name, "made", {"of": "alpha"})
        say(alpha, {"k": "user", "user": "7", "event": "letter", "data": "{}"})
        ours.send("client-typing", {"of": "alpha"}, channel=ORDERS)
        ours.send("pusher:unsubscribe", {"channel": ROOM})
        assert [ours.frame()["event"] for _ in range(5)] == ["made"] * 4 + ["letter"]
        assert theirs.quiet()
        say(alpha, {"k": "terminate", "user": "7"})
        assert ours.closed() == 4009
        assert theirs.quiet()


def test_what_one_tenants_cache_channel_remembers_is_not_the_others(
    node: Node,  # noqa: F811
    apps: tuple[App, App],
) -> None:
    alpha, beta = apps
    with bus() as redis:
        kept = json.dumps({"event": "price", "data": "1"})
        redis.set(names.cache_key(alpha.schema, alpha.id, PRICES), kept)
    with connected(node, alpha) as ours, connected(node, beta) as theirs:
        ours.subscribe(PRICES)
        ours.expect("price")
        theirs.subscribe(PRICES)
        theirs.expect("pusher:cache_miss")


def test_one_tenants_key_and_secret_open_nothing_of_the_other(
    node: Node,  # noqa: F811
    apps: tuple[App, App],
) -> None:
    alpha, beta = apps
    with connected(node, beta) as theirs:
        theirs.app = alpha
        answer = theirs.subscribe(ORDERS)
        assert answer["event"] == "pusher:subscription_error"
    host = next(iter(alpha.hosts))
    with dial(node, beta, host=host) as stranger:
        assert stranger.closed() == 4009
    origin = f"http://{host}"
    with dial(node, beta, origin=origin) as stranger:
        assert stranger.closed() == 4009


def test_every_key_in_redis_names_its_tenant(
    node: Node,  # noqa: F811
    apps: tuple[App, App],
) -> None:
    with ExitStack() as stack:
        for app in apps:
            stack.enter_context(everywhere(node, app))
        with bus() as redis:
            found = [key.split(":") for key in redis.scan_iter("wificore:rt:ts_*")]
        owners = {app.id: app.schema for app in apps}
        assert {app_id for _, _, _, app_id, *_ in found} == set(owners)
        assert [key for key in found if owners[key[3]] != key[2]] == []
        assert {kind for _, _, _, _, kind, *_ in found} <= set(SOCKET_KEYS)


def test_a_tenants_sockets_leave_nothing_behind(
    node: Node,  # noqa: F811
    apps: tuple[App, App],
) -> None:
    with ExitStack() as stack:
        for app in apps:
            stack.enter_context(everywhere(node, app))
    with bus() as redis:
        until(lambda: not list(redis.scan_iter("wificore:rt:ts_*")))
