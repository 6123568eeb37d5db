"""Redis goes and comes back: sockets stay, hear `wificore:resync`, and everything works again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis

from tests.conftest import World
from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import Raw, connected
from tests.realtime.sockets.test_presence import ids
from tests.realtime.sockets.test_subscribing import SUCCEEDED
from tests.worker import until
from wificore.devserver.config import free_port
from wificore.devserver.redis_server import Server
from wificore.devserver.services import private_redis
from wificore.realtime import names
from wificore.realtime.registry import App

ROOM = "presence-room"


class Outage:
    """A Redis that can go and come back, empty, on its port."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = free_port()
        self._stack = ExitStack()
        self.server: Server

    def come(self) -> None:
        self.server = self._stack.enter_context(private_redis(self._directory, self._port))

    def go(self) -> None:
        self._stack.close()

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(f"{self.server.url}/3", decode_responses=True)


@contextmanager
def nodes(redis_url: str, directory: Path) -> Iterator[tuple[Node, Node]]:
    with running_node(directory / "a.log", REDIS_URL=redis_url) as one:
        with running_node(directory / "b.log", REDIS_URL=redis_url) as other:
            yield one, other


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Outage]:
    made = Outage(tmp_path / "redis")
    made.come()
    yield made
    made.go()


def test_sockets_survive_an_outage_of_redis(
    world: World, app: App, outage: Outage, tmp_path: Path
) -> None:
    with nodes(outage.server.url, tmp_path) as (here, there), ExitStack() as stack:
        ann, ben, cat = (stack.enter_context(connected(node, app)) for node in (here, there, here))
        ann.join(ROOM, "7")
        assert ids(ben.join(ROOM, "8")) == {"7", "8"}
        ann.expect("pusher_internal:member_added")
        ann.subscribe("orders")
        outage.go()
        while_away(ann, ben, cat)
        outage.come()
        for raw in (ann, ben, cat):
            raw.wait("wificore:resync")
        all_is_well(ann, ben, cat, app, outage)


def while_away(ann: Raw, ben: Raw, cat: Raw) -> None:
    """They are still there, may subscribe, and see what their process knows."""
    for raw in (ann, ben, cat):
        raw.send("pusher:ping")
        raw.expect("pusher:pong")
    assert cat.subscribe("private-orders")["event"] == SUCCEEDED
    assert ids(cat.join(ROOM, "9")) == {"7", "8", "9"}
    assert ann.expect("pusher_internal:member_added")["data"]["user_id"] == "9"
    assert cat.subscribe("cache-prices")["event"] == SUCCEEDED
    cat.expect("pusher:cache_miss")


def all_is_well(ann: Raw, ben: Raw, cat: Raw, app: App, outage: Outage) -> None:
    """The other process hears of who came meanwhile; nobody seems to have left."""
    if not any(frame["event"].endswith("member_added") for frame in ben.seen):
        assert ben.wait("pusher_internal:member_added")["data"]["user_id"] == "9"
    with outage.client() as client:
        expected = {ROOM: "3", "orders": "1", "private-orders": "1", "cache-prices": "1"}
        key = names.key(app.schema, app.id, "channels")
        until(lambda: client.hgetall(key) == expected, lambda: client.hgetall(key))
        members = names.key(app.schema, app.id, "members", ROOM)
        until(lambda: set(client.hkeys(members)) == {"7", "8", "9"})
        message = '{"k":"event","channels":["private-orders"],"event":"paid","data":"1"}'
        client.publish(names.bus(app.id), message)
    cat.wait("paid")
    cat.connection.close()
    for raw in (ann, ben):
        assert raw.wait("pusher_internal:member_removed")["data"] == {"user_id": "9"}
        assert [f for f in raw.seen if f["event"].endswith("removed")] == raw.seen[-1:]


def test_a_process_starts_without_redis_and_serves_once_it_is_there(
    world: World, app: App, tmp_path: Path, outage: Outage
) -> None:
    url = outage.server.url
    outage.go()
    with running_node(tmp_path / "node.log", REDIS_URL=url) as node:
        with connected(node, app) as client:
            assert client.subscribe("orders")["event"] == SUCCEEDED
            outage.come()
            with outage.client() as redis_client:

                def heard() -> bool:
                    message = '{"k":"event","channels":["orders"],"event":"paid","data":"1"}'
                    return bool(redis_client.publish(names.bus(app.id), message))

                until(heard)
            client.wait("paid")
