"""What records and health say of signals."""

from datetime import date
from typing import Any

import pytest

from transactions.water.reconciliation import Flow, Reading, Use
from transactions.water.signals.rules import (
    LEAK_ML,
    Pour,
    Signal,
    Verdicts,
    of_flow,
    of_health,
    of_pour,
)

L = 1000


def flow(passed: int, ml: int = 20 * L, *, adjacent: bool = True) -> Flow:
    return Flow(Reading(1, 2, date(2026, 3, 2), 0, ml, Use.SOLD), passed, adjacent)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (flow(20 * L), {Signal.BACKWARDS: False, Signal.LEAK: False}),
        (flow(20 * L + LEAK_ML), {Signal.BACKWARDS: False, Signal.LEAK: False}),
        (flow(20 * L + LEAK_ML + 1), {Signal.BACKWARDS: False, Signal.LEAK: True}),
        (flow(-1), {Signal.BACKWARDS: True, Signal.LEAK: False}),
        # What passed while a record is missing may have been sold.
        (flow(90 * L, adjacent=False), {}),
        (flow(-1, adjacent=False), {Signal.BACKWARDS: True}),
    ],
)
def test_the_meter_tells_of_leaks_and_of_running_backwards(seen: Flow, said: Verdicts) -> None:
    assert of_flow(seen) == said


@pytest.mark.parametrize(
    ("pour", "said"),
    [
        (Pour(0, 9_000, "no_flow"), {Signal.DRY_RUN: True}),
        (Pour(0, 0, "user"), {}),
        (Pour(20 * L, 60_000, "target"), {Signal.DRY_RUN: False, Signal.LOW_FLOW: False}),
        (Pour(20 * L, 600_000, "target"), {Signal.DRY_RUN: False, Signal.LOW_FLOW: True}),
        (Pour(500, 600_000, "user"), {Signal.DRY_RUN: False}),
        (Pour(20 * L, 0, "target"), {Signal.DRY_RUN: False}),
        (Pour(2 * L, 90_000, "no_flow"), {Signal.DRY_RUN: False, Signal.LOW_FLOW: True}),
    ],
)
def test_the_way_water_comes_tells_of_dry_runs_and_low_flow(pour: Pour, said: Verdicts) -> None:
    assert of_pour(pour) == said


@pytest.mark.parametrize(
    ("door", "said"),
    [
        (True, {Signal.TAMPER: True}),
        ("open", {Signal.TAMPER: True}),
        (1, {Signal.TAMPER: True}),
        (False, {Signal.TAMPER: False}),
        ("closed", {Signal.TAMPER: False}),
        (0, {Signal.TAMPER: False}),
        (["open"], {Signal.TAMPER: False}),
        (None, {}),
    ],
)
def test_the_door_tells_of_tampering(door: Any, said: Verdicts) -> None:
    assert of_health({"door": door}) == said
    assert of_health({}) == {}
