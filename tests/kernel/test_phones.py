"""Telephone numbers in one form."""

import pytest
from django.core.exceptions import ValidationError

from wificore.kernel.phones import check_e164, normalised


@pytest.mark.parametrize(
    "typed",
    [
        "+254712345678",
        "0712345678",
        "0712 345-678",
        "(0712) 345.678",
        "00254 712 345 678",
        "254712345678",
        "+254\u00a0712\u2011345\u2011678",
    ],
)
def test_one_number_has_one_form(typed: str) -> None:
    assert normalised(typed) == "+254712345678"


def test_numbers_without_a_country_are_those_of_the_setting_or_the_caller(settings: object) -> None:
    assert normalised("0712345678", "255") == "+255712345678"
    settings.PHONE_COUNTRY = "256"  # type: ignore[attr-defined]
    assert normalised("0712345678") == "+256712345678"


def test_nothing_stays_nothing() -> None:
    assert normalised("") == normalised("  ") == ""


@pytest.mark.parametrize(
    "typed", ["abc", "+0712345678", "12", "+1234567", "+1234567890123456", "+25471234567a", "٠٧١٢"]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\+254712345678"):
        normalised(typed)


def test_a_stored_number_is_in_e164() -> None:
    check_e164("+254712345678")
    check_e164("")
    with pytest.raises(ValidationError):
        check_e164("0712345678")
