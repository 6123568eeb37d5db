"""The loop of `radius-clients`."""

from collections.abc import Iterable
from pathlib import Path
from threading import Event

from radius.freeradius import watch as loop
from radius.freeradius.clients import Router
from tests.radius.freeradius.server import Row

ACME = Row("127.0.0.21", "ts_acme")


class Registry:
    """Answers with each step in turn, then asks to stop; an exception is an outage."""

    def __init__(self, stop: Event, *steps: list[Row] | Exception) -> None:
        self.stop = stop
        self.steps = list(steps)

    def __call__(self) -> Iterable[Router]:
        step = self.steps.pop(0)
        if not self.steps:
            self.stop.set()
        if isinstance(step, Exception):
            raise step
        return step


def run(directory: Path, *steps: list[Row] | Exception) -> list[str]:
    stop, lines = Event(), []
    loop.watch(Registry(stop, *steps), directory, stop, lines.append)
    return lines


def test_ready_is_said_once_after_the_first_sync(tmp_path: Path) -> None:
    assert run(tmp_path, [ACME], [ACME]) == ["written: 127.0.0.21", "ready"]


def test_an_outage_keeps_the_files(tmp_path: Path) -> None:
    lines = run(tmp_path, [ACME], ConnectionError("server closed\nthe connection"))
    assert (tmp_path / "127.0.0.21").exists()
    assert lines[-1].endswith("ConnectionError: server closed")


def test_not_ready_before_the_registry_was_read(tmp_path: Path) -> None:
    lines = run(tmp_path, ConnectionError("down"), [])
    assert [line.split(":")[0] for line in lines] == [
        "registry not read, trying again in 1 s",
        "ready",
    ]


def test_a_refused_router_is_reported_once(tmp_path: Path) -> None:
    bad = Row("127.0.0.22", "ts_acme", secret="a\\b")
    lines = run(tmp_path, [bad], [bad], [bad, ACME])
    assert len([line for line in lines if line.startswith("refused: 127.0.0.22")]) == 1
