"""What the simulators' commands share."""

import os
import signal
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from wificore.kernel.simulating import differences_left, until_signal


@pytest.fixture
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_noticed_and_ends_nothing_by_itself(
    handlers: None, number: signal.Signals
) -> None:
    came = until_signal()
    assert not came()
    os.kill(os.getpid(), number)
    assert came()


def test_the_number_of_differences_is_said_when_it_changes() -> None:
    out = StringIO()
    show = differences_left(OutputWrapper(out))
    for left in (3, 3, 1, 1, 0):
        show(left)
    said = [line.split()[1] for line in out.getvalue().splitlines()]
    assert said == ["3", "1", "0"]
