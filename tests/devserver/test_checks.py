"""Lint steps and sizes."""

import os
import sys

import pytest

from wificore.devserver import checks, sizes
from wificore.devserver.config import ROOT


def step(name: str, code: int) -> checks.Step:
    return checks.Step(name, [sys.executable, "-c", f"raise SystemExit({code})"])


def test_all_steps_run_and_the_first_failure_is_the_exit_code(
    capfd: pytest.CaptureFixture[str],
) -> None:
    steps = [step("first", 0), step("second", 3), step("third", 4), step("last", 0)]
    assert checks.run_steps(steps, os.environ) == 3
    output = capfd.readouterr().out
    assert "second: FAILED (exit code 3)" in output
    assert "last: ok" in output


def test_the_sizes_name_the_largest_function_and_file() -> None:
    report = sizes.report(ROOT)
    assert "functions, median" in report
    assert "files, median" in report


def test_a_function_is_as_long_as_its_lines() -> None:
    source = (
        "def short():\n    pass\n\nclass A:\n    def longer(self):\n        a = 1\n        return a"
    )
    assert sorted(sizes.function_lengths(source)) == [(2, "short"), (3, "longer")]
