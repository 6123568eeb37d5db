"""What is asked for is bounded, and stays on this machine."""

from dataclasses import replace
from typing import Any

import pytest

from radius.simulator.options import OptionError, Options

GOOD = Options(("acme", "blue"), 100, 1.0, 60.0, 1, "127.0.0.1", 1872, 1873)


@pytest.mark.parametrize(
    "given", [{}, {"duration": None}, {"rate": 2000.0}, {"host": "127.0.0.9"}], ids=str
)
def test_sensible_options_pass(given: dict[str, Any]) -> None:
    replace(GOOD, **given).check()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"host": "192.0.2.1"}, "RADIUS_HOST"),
        ({"host": "::1"}, "RADIUS_HOST"),
        ({"host": "radius.example.org"}, "RADIUS_HOST"),
        ({"tenants": ()}, "--tenants"),
        ({"tenants": ("acme", "acme")}, "--tenants"),
        ({"subscribers": 0}, "--subscribers"),
        ({"subscribers": 50_001}, "--subscribers"),
        ({"rate": 0.0}, "--rate"),
        ({"rate": 2001.0}, "--rate"),
        ({"rate": float("nan")}, "--rate"),
        ({"duration": 0.0}, "--duration"),
        ({"duration": 1e9}, "--duration"),
    ],
    ids=str,
)
def test_what_cannot_be_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(OptionError, match=named):
        replace(GOOD, **given).check()
