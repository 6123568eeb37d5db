"""Two processes: one channel, one list of members; a process that dies takes its own along."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import World
from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import Raw, bus, connected, publish
from tests.realtime.sockets.test_presence import ids
from tests.realtime.sockets.test_subscribing import SUCCEEDED
from tests.worker import until
from wificore.realtime import names
from wificore.realtime.registry import App

ROOM = "presence-room"
REMOVED = "pusher_internal:member_removed"


@pytest.fixture(scope="module")
def other_node(django_db_setup: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("other") / "node.log") as node:
        yield node


@pytest.fixture
def elsewhere(other_node: Node, app: App) -> Iterator[Raw]:
    """A client of the other process."""
    with connected(other_node, app) as raw:
        yield raw


@contextmanager
def mortal(tmp_path: Path) -> Iterator[Node]:
    """A process that a test may kill."""
    with running_node(tmp_path / "mortal.log") as node:
        yield node


def test_what_is_published_reaches_both(client: Raw, elsewhere: Raw, app: App) -> None:
    for raw in (client, elsewhere):
        raw.subscribe("orders")
    publish(app, "orders", "paid", {"n": 1})
    assert client.expect("paid") == elsewhere.expect("paid")


def test_a_client_event_reaches_the_other_process_and_not_its_sender(
    client: Raw, second: Raw, elsewhere: Raw
) -> None:
    for raw in (client, second, elsewhere):
        raw.subscribe("private-chat")
    client.send("client-typing", {"n": 1}, channel="private-chat")
    assert second.expect("client-typing")["data"] == {"n": 1}
    assert elsewhere.expect("client-typing")["data"] == {"n": 1}
    assert client.quiet()


def test_the_list_of_members_is_whole_on_both(client: Raw, second: Raw, elsewhere: Raw) -> None:
    client.join(ROOM, "7", name="Ann")
    assert ids(elsewhere.join(ROOM, "8")) == {"7", "8"}
    assert client.expect("pusher_internal:member_added")["data"]["user_id"] == "8"
    assert ids(second.join(ROOM, "9")) == {"7", "8", "9"}
    for raw in (client, elsewhere):
        assert raw.expect("pusher_internal:member_added")["data"]["user_id"] == "9"
    second.send("pusher:unsubscribe", {"channel": ROOM})
    for raw in (client, elsewhere):
        assert raw.expect(REMOVED)["data"] == {"user_id": "9"}


def test_a_user_on_both_is_one_member_until_both_sockets_left(
    client: Raw, second: Raw, elsewhere: Raw
) -> None:
    client.join(ROOM, "7")
    second.join(ROOM, "8")
    client.expect("pusher_internal:member_added")
    assert ids(elsewhere.join(ROOM, "8")) == {"7", "8"}
    assert client.quiet()
    elsewhere.send("pusher:unsubscribe", {"channel": ROOM})
    assert client.quiet()
    second.send("pusher:unsubscribe", {"channel": ROOM})
    assert client.expect(REMOVED)["data"] == {"user_id": "8"}


def test_the_quota_counts_both(client: Raw, elsewhere: Raw, app: App) -> None:
    with bus() as redis:
        counts = redis.hvals(names.key(app.schema, app.id, "connections"))
    assert counts == ["1", "1"]


def test_a_killed_process_members_and_channels_leave_once(
    client: Raw, elsewhere: Raw, app: App, tmp_path: Path
) -> None:
    client.join(ROOM, "7")
    elsewhere.join(ROOM, "8")
    with mortal(tmp_path) as doomed, connected(doomed, app) as one, connected(doomed, app) as two:
        one.join(ROOM, "9")
        two.join(ROOM, "9")
        two.join("presence-alone", "9")
        one.join(ROOM, "9")
        with connected(doomed, app) as three:
            three.join(ROOM, "8")
            client.wait("pusher_internal:member_added")
            client.wait("pusher_internal:member_added")
            elsewhere.wait("pusher_internal:member_added")
            doomed.kill()
    for raw in (client, elsewhere):
        assert raw.expect(REMOVED)["data"] == {"user_id": "9"}
        assert raw.quiet()
    with bus() as redis:
        assert redis.hgetall(names.key(app.schema, app.id, "channels")) == {ROOM: "2"}
        until(lambda: not redis.smembers("wificore:rt:public:dead"))
        assert redis.hvals(names.key(app.schema, app.id, "connections")) == ["1", "1"]
        left = list(redis.scan_iter(names.key(app.schema, app.id, "node", "*")))
        assert len(left) == 2


def test_a_stopped_process_says_4200_to_all_and_leaves_nothing(
    client: Raw, app: App, tmp_path: Path
) -> None:
    client.join(ROOM, "7")
    with mortal(tmp_path) as node, ExitStack() as stack:
        leaving = [stack.enter_context(connected(node, app)) for _ in range(50)]
        for number, raw in enumerate(leaving):
            raw.join(ROOM, f"u{number}")
        assert node.stop() == 0
        for raw in leaving:
            assert raw.closed() == 4200
            assert raw.seen[-1]["event"] == "pusher:error"
            assert raw.seen[-1]["data"]["code"] == 4200
    gone = {client.wait(REMOVED)["data"]["user_id"] for _ in leaving}
    assert len(gone) == 50
    assert client.quiet()
    with bus() as redis:
        assert redis.hgetall(names.key(app.schema, app.id, "channels")) == {ROOM: "1"}


def test_the_next_process_listens_on_the_same_port_before_the_old_one_ends(
    app: App, tmp_path: Path
) -> None:
    with running_node(tmp_path / "old.log") as old, connected(old, app) as before:
        with running_node(tmp_path / "new.log", port=old.port) as new:
            assert old.stop() == 0
            assert before.closed() == 4200
            with connected(new, app) as after:
                assert after.subscribe("orders")["event"] == SUCCEEDED


def test_a_process_that_stood_still_is_whole_again(client: Raw, app: App, tmp_path: Path) -> None:
    """Stopped longer than its lease, it is given up by the others; it comes back and says so."""
    client.join(ROOM, "7")
    with mortal(tmp_path) as node, connected(node, app) as frozen:
        frozen.join(ROOM, "8")
        client.expect("pusher_internal:member_added")
        node.process.send_signal(signal.SIGSTOP)
        assert client.expect(REMOVED)["data"] == {"user_id": "8"}
        node.process.send_signal(signal.SIGCONT)
        assert client.wait("pusher_internal:member_added")["data"]["user_id"] == "8"
        frozen.send("pusher:ping")
        frozen.wait("pusher:pong")
        with bus() as redis:
            key = names.key(app.schema, app.id, "channels")
            until(lambda: redis.hgetall(key) == {ROOM: "2"}, lambda: redis.hgetall(key))
