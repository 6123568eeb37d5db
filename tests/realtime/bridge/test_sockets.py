"""From a commit to a socket, through a real relay and a real realtime process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import World
from tests.events.conftest import relay_process
from tests.realtime.bridge.conftest import start, valid
from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, connected
from wificore.realtime.registry import App


def test_a_commit_is_heard_on_the_socket_in_order_with_its_number(
    node: Node, client: Raw, alpha: Any, say: Callable[..., None], tmp_path: Path
) -> None:
    client.subscribe("private-jobs")
    with relay_process(tmp_path / "relay.log"):
        for number in range(1, 6):
            say(alpha, "job.started", id=str(number), kind="x")
        heard = [client.wait("job.started") for _ in range(5)]
    assert [frame["data"]["seq"] for frame in heard] == [1, 2, 3, 4, 5]
    assert [frame["data"]["payload"]["id"] for frame in heard] == ["1", "2", "3", "4", "5"]
    for frame in heard:
        valid("private-jobs", frame["event"], frame["data"])


def test_the_same_channel_of_two_tenants_hears_each_tenants_own(
    node: Node,
    client: Raw,
    other_app: App,
    world: World,
    say: Callable[..., None],
    tmp_path: Path,
) -> None:
    with connected(node, other_app) as stranger:
        stranger.subscribe("private-jobs")
        client.subscribe("private-jobs")
        with relay_process(tmp_path / "relay.log"):
            say(world.alpha, "job.started", id="alpha's", kind="x")
            assert client.wait("job.started")["data"]["payload"]["id"] == "alpha's"
            say(world.beta, "job.started", id="beta's", kind="x")
            assert stranger.wait("job.started")["data"]["payload"]["id"] == "beta's"


def test_whoever_joins_the_dashboard_is_told_how_things_stand(
    node: Node, client: Raw, spooled: Callable[..., None], tmp_path: Path
) -> None:
    spooled(start("amina"))
    client.subscribe("private-cache-dashboard")
    with relay_process(tmp_path / "relay.log"):
        frame = client.wait("dashboard.state")
        valid("private-cache-dashboard", frame["event"], frame["data"])
        assert frame["data"]["payload"]["active_sessions"] == 1
    with connected(node, client.app) as later:
        later.subscribe("private-cache-dashboard")
        assert later.wait("dashboard.state")["data"] == frame["data"]
