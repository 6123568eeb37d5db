"""What a tap that was measured against a vessel says (pure)."""

from dataclasses import dataclass

from .errors import Invalid
from .models import Tap

ML = 1000
# Less says little: a pulse is a few millilitres, and so is a spilled drop.
LEAST_ML = 1_000
MAX_PULSES = 100_000
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement says of a tap.

    Attributes:
        change_percent: how much more pulses a litre has than was believed; below 0: fewer.
    """

    old_pulses_per_litre: int
    new_pulses_per_litre: int
    change_percent: float


def measured(*, tap: Tap, measured_ml: int, pulses: int) -> Measured:
    """Nothing is written.

    Raises:
        Invalid: too little water, or pulses that no meter gives.
    """
    if measured_ml < LEAST_ML:
        raise Invalid(f"Fill at least {LEAST_ML} ml.", field="measured_ml")
    new = (pulses * ML + measured_ml // 2) // measured_ml
    if not 0 < new <= MAX_PULSES:
        raise Invalid(f"That is {new} pulses a litre: count again.", field="pulses")
    old = tap.pulses_per_litre
    return Measured(old, new, round(PERCENT * (new - old) / old, 1))
