"""Silence: the server asks, then gives up; whatever a client says counts, a control pong too."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import World
from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import Raw, connected
from wificore.realtime.registry import App

ACTIVITY_S, PONG_S = 2, 2


@pytest.fixture(scope="module")
def hasty(django_db_setup: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A process that is less patient than the product."""
    log: Path = tmp_path_factory.mktemp("hasty") / "node.log"
    patience = {"REALTIME_ACTIVITY_S": str(ACTIVITY_S), "REALTIME_PONG_S": str(PONG_S)}
    with running_node(log, **patience) as node:
        yield node


@pytest.fixture
def silent(hasty: Node, app: App) -> Iterator[Raw]:
    with connected(hasty, app) as client:
        client.answers = False
        yield client


def test_a_silent_client_is_pinged_and_then_closed_with_4201(silent: Raw) -> None:
    started = time.monotonic()
    silent.expect("pusher:ping")
    assert time.monotonic() - started > ACTIVITY_S - 0.5
    assert silent.closed() == 4201
    assert time.monotonic() - started > ACTIVITY_S + PONG_S - 0.5
    assert silent.seen[-1]["event"] == "pusher:error"
    assert silent.seen[-1]["data"]["code"] == 4201


def test_an_answer_keeps_it_open(silent: Raw) -> None:
    for _ in range(3):
        silent.expect("pusher:ping")
        silent.send("pusher:pong")
    silent.expect("pusher:ping")


def test_a_control_pong_counts(silent: Raw) -> None:
    for _ in range(2):
        silent.expect("pusher:ping")
        silent.connection.pong()
    silent.expect("pusher:ping")


def test_a_client_that_speaks_is_not_pinged(silent: Raw) -> None:
    deadline = time.monotonic() + 3 * ACTIVITY_S
    while time.monotonic() < deadline:
        silent.send("pusher:ping")
        silent.expect("pusher:pong")
        time.sleep(0.2)


def test_the_client_is_told_when_to_ask_itself(silent: Raw) -> None:
    assert silent.seen[0]["data"]["activity_timeout"] == ACTIVITY_S
