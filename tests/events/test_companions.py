"""What runs beside the relay: only where it leads, on a thread of its own, whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

import pytest
import redis

from tests.conftest import World
from tests.events.conftest import Steps, wait_until
from wificore.events import companions
from wificore.events.companions import Companions
from wificore.kernel import relaying

CLIENT = redis.Redis(port=1)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What companions of this test have done."""
    monkeypatch.setattr(relaying, "_companions", [])
    monkeypatch.setattr(companions, "PAUSE_S", 0.01)
    monkeypatch.setattr(companions, "AFTER_TROUBLE_S", 0.01)
    return []


@contextmanager
def running(leading: Callable[[], bool]) -> Iterator[None]:
    stop = Flag()
    beside = Companions(CLIENT, stop, leading)
    beside.start()
    try:
        yield
    finally:
        stop.set()
        beside.join()


def test_they_work_while_the_relay_leads_and_rest_while_it_stands_by(
    world: World, work: list[str]
) -> None:
    leads = Flag()
    relaying.beside(lambda _client: work.append("done"))
    asked: list[bool] = []

    def leading() -> bool:
        asked.append(leads.is_set())
        return asked[-1]

    with running(leading):
        wait_until(lambda: len(asked) > 3, "nobody asks")
        assert work == []
        leads.set()
        wait_until(lambda: len(work) > 2, "it does not work")


def test_one_in_trouble_is_tried_again(world: World, work: list[str]) -> None:
    def weak(_client: Any) -> None:
        work.append("tried")
        if len(work) < 3:
            raise redis.ConnectionError("away")

    relaying.beside(weak)
    with running(lambda: True):
        wait_until(lambda: len(work) > 3, "it gave up")


def test_a_relay_leads_from_its_first_step_until_its_connection_is_gone(
    world: World, relay: Steps
) -> None:
    assert not relay.relay.leading
    relay.step()
    assert relay.relay.leading


def test_a_companion_is_known_once(work: list[str]) -> None:
    def companion(_client: Any) -> None: ...

    relaying.beside(companion)
    relaying.beside(companion)
    assert relaying.companions() == (companion,)
