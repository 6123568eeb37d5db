"""A bar with rate and time left; drawn again on a terminal, now and then elsewhere."""

import io

import pytest

from wificore.kernel import progress as module
from wificore.kernel.progress import line, progress


def test_a_line_says_how_far_how_fast_and_how_long_yet() -> None:
    assert line("x", 25, 100, 50) == "x [######..................] 25/100, 0.5/s, 0:50, 2:30 left"


@pytest.mark.parametrize(("done", "total"), [(0, 0), (3, 3), (5, 3)])
def test_a_full_bar_has_nothing_left(done: int, total: int) -> None:
    assert "left" not in line("x", done, total, 1)
    assert "#" * module.WIDTH in line("x", done, total, 1)


@pytest.mark.parametrize("drawn", [True, False])
def test_items_pass_through_and_the_end_is_shown(
    drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    assert list(progress("abc", 3, out, label="work", drawn=drawn)) == ["a", "b", "c"]
    assert out.getvalue().endswith("3/3, 0.8/s, 0:04\n")
    assert ("\r" in out.getvalue()) == drawn


def test_a_closed_pipe_does_not_end_the_work() -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    assert list(progress("ab", 2, Closed(), label="work", drawn=True)) == ["a", "b"]
