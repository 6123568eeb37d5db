"""More water never costs less, and splitting a volume costs the same (invariant 10)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.transactions.water.conftest import LONG_AGO
from transactions.water.models import TariffVersion
from transactions.water.pricing import affordable, cost, in_force

PRICES = st.integers(1, 10**12)
VOLUMES = st.integers(0, 10**7)


def version(price: int, v: int = 1, hours: int = 0) -> TariffVersion:
    at = LONG_AGO + timedelta(hours=hours)
    return TariffVersion(v=v, valid_from=at, price_micro_per_litre=price)


@given(PRICES, VOLUMES, VOLUMES)
def test_more_water_never_costs_less(price: int, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert 0 <= cost(version(price), less) <= cost(version(price), more)


@given(PRICES, st.lists(st.integers(0, 20_000), min_size=1, max_size=20))
def test_splitting_costs_the_same_within_a_micro_a_part(price: int, parts: list[int]) -> None:
    whole = cost(version(price), sum(parts))
    split = sum(cost(version(price), part) for part in parts)
    assert 0 <= whole - split < len(parts)


@given(PRICES, st.integers(0, 10**15))
def test_what_is_affordable_is_and_a_millilitre_more_is_not(price: int, money: int) -> None:
    ml = affordable(version(price), money)
    assert ml * price <= money * 1000 < (ml + 1) * price
    assert cost(version(price), ml) <= money


def test_twenty_litres_for_half_a_shilling_are_exact() -> None:
    assert cost(version(25_000), 20_000) == 500_000
    assert cost(version(25_000), 1) == 25


def test_in_force_is_what_began_last_and_of_twins_the_newest() -> None:
    versions = [version(1, 1), version(2, 2, 5), version(3, 3, 5), version(4, 4, 2)]
    moments = (-1, 0, 2, 5, 9)
    found = [in_force(versions, LONG_AGO + timedelta(hours=hours)) for hours in moments]
    assert [one.v if one else None for one in found] == [None, 1, 4, 3, 3]
