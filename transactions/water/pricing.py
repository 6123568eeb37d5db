"""What water costs (pure): millilitres and micro-units, whole numbers, rounded down."""

from collections.abc import Iterable
from datetime import datetime

from .models import TariffVersion

ML_PER_LITRE = 1000


def cost(version: TariffVersion, ml: int) -> int:
    """Micro-units of a volume; splitting it loses less than one of them for each part."""
    return ml * version.price_micro_per_litre // ML_PER_LITRE


def litres(ml: int) -> str:
    """`20000` is 20, `500` is 0.5, as people write it."""
    return f"{ml // ML_PER_LITRE}.{ml % ML_PER_LITRE:03}".rstrip("0").rstrip(".")


def affordable(version: TariffVersion, micro: int) -> int:
    """Whole millilitres that an amount buys."""
    return max(micro, 0) * ML_PER_LITRE // version.price_micro_per_litre


def in_force(versions: Iterable[TariffVersion], at: datetime) -> TariffVersion | None:
    """The version in force at a moment; None: the tariff began later."""
    begun = [version for version in versions if version.valid_from <= at]
    return max(begun, key=lambda version: (version.valid_from, version.v), default=None)
