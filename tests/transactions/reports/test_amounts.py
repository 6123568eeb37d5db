"""Micro-units as people write them: exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.reports.amounts import spaced, units


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "0.00"), (50_000_000, "50.00"), (-1_500_000, "-1.50"), (1, "0.000001"), (25, "0.000025")],
)
def test_an_amount_has_two_decimals_or_as_many_as_it_needs(micro: int, text: str) -> None:
    assert units(micro) == text


@given(st.integers(-(2**63), 2**63 - 1))
def test_nothing_is_rounded(micro: int) -> None:
    assert Decimal(units(micro)) * 1_000_000 == micro
    assert spaced(micro).replace(",", "") == units(micro)


def test_thousands_are_apart_on_pages() -> None:
    assert spaced(-1_234_567_890_000) == "-1,234,567.89"
