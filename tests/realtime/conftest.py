"""A realtime process for all tests here, and the apps of the two tenants."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import World
from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import Raw, bus, connected, say
from wificore.realtime.registry import App, look_up


@pytest.fixture(scope="session")
def session_node(django_db_setup: World, tmp_path_factory: Any) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("realtime") / "node.log") as node:
        yield node


@pytest.fixture
def node(session_node: Node, world: World) -> Iterator[Node]:
    """A process that runs for many tests; nothing of one is left for the next."""
    for tenant in (world.alpha, world.beta):
        # What a test changed was taken back in the database, of which nobody tells.
        say(_app(tenant), {"k": "app"})
    yield session_node
    with bus() as client:
        for key in client.scan_iter("wificore:rt:ts_*"):
            if ":cache:" in key or key.endswith(":hooks"):
                client.delete(key)


@pytest.fixture
def app(world: World) -> App:
    """Alpha's."""
    return _app(world.alpha)


@pytest.fixture
def other_app(world: World) -> App:
    """Beta's."""
    return _app(world.beta)


def _app(tenant: Any) -> App:
    found = look_up("schema", tenant.schema_name)
    assert found is not None
    return found


@pytest.fixture
def client(node: Node, app: App) -> Iterator[Raw]:
    with connected(node, app) as raw:
        yield raw


@pytest.fixture
def second(node: Node, app: App) -> Iterator[Raw]:
    with connected(node, app) as raw:
        yield raw
