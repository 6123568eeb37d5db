"""What one record, or one report of health, says: a signal is on, off, or nothing is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ..reconciliation import Flow


class Signal(StrEnum):
    """What may be wrong with a kiosk."""

    LEAK = "leak"
    DRY_RUN = "dry_run"
    LOW_FLOW = "low_flow"
    TAMPER = "tamper"
    SILENT = "silent"
    BACKWARDS = "totalizer_backwards"
    TWO_PLACES = "tag_two_places"
    GAP = "gap"
    UNEXPLAINED = "unexplained"


Verdicts = dict[Signal, bool]

# More than this between two records did not drip from a hose: the valve lets water through.
LEAK_ML = 1_000
# A tap fills 20 litres in a minute or two; below this somebody waits in vain.
LOW_ML_PER_MIN = 3_000
# Too little to say how fast it came.
SHORT_ML, SHORT_MS = 1_000, 5_000
NO_FLOW = "no_flow"
# Two dispenses of one tag this close to each other are not one person's, kiosks being far apart.
WALK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pour:
    """How a record's water came.

    Attributes:
        stop: why it ended: target, user, limit, fault, power, no_flow.
    """

    ml: int
    dur_ms: int
    stop: str


def of_flow(flow: Flow) -> Verdicts:
    """What the meter says."""
    backwards = flow.passed_ml < 0
    if not flow.adjacent:
        return {Signal.BACKWARDS: True} if backwards else {}
    return {Signal.BACKWARDS: backwards, Signal.LEAK: flow.besides_ml > LEAK_ML}


def of_pour(pour: Pour) -> Verdicts:
    """What the way the water came says."""
    if pour.stop == NO_FLOW and pour.ml == 0:
        return {Signal.DRY_RUN: True}
    if pour.ml == 0:
        return {}
    found = {Signal.DRY_RUN: False}
    if pour.ml >= SHORT_ML and pour.dur_ms >= SHORT_MS:
        found[Signal.LOW_FLOW] = pour.ml * 60_000 < LOW_ML_PER_MIN * pour.dur_ms
    return found


def of_health(health: Mapping[str, Any]) -> Verdicts:
    """What a report of health says: `door` is true or "open" when somebody opened the case."""
    door = health.get("door")
    if door is None:
        return {}
    return {Signal.TAMPER: door is True or door in (1, "open")}
