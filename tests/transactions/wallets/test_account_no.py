"""Account numbers: a slip of a finger is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.wallets.account_no import check_digit, new_account_no, normalised

NUMBERS = st.integers(10_000_000, 99_999_999).map(str).map(lambda n: n + check_digit(n))


def test_the_check_digit_is_damms() -> None:
    """The example of the published description: 572 has the check digit 4."""
    assert check_digit("572") == "4"


def test_a_new_number_is_at_most_twelve_characters_and_passes() -> None:
    for _ in range(200):
        number = new_account_no()
        assert len(number) <= 12
        assert number[0] != "0"
        assert normalised(number) == number


@given(number=NUMBERS, place=st.integers(0, 8), digit=st.integers(0, 9))
def test_every_wrong_digit_is_found(number: str, place: int, digit: int) -> None:
    wrong = number[:place] + str(digit) + number[place + 1 :]
    assert (normalised(wrong) is None) == (wrong != number)


@given(number=NUMBERS, place=st.integers(0, 7))
def test_every_two_digits_that_changed_places_are_found(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    wrong = number[:place] + b + a + number[place + 2 :]
    assert (normalised(wrong) is None) == (wrong != number)


def test_what_people_type_between_digits_does_not_matter() -> None:
    number = new_account_no()
    assert normalised(f" {number[:3]} {number[3:6]}-{number[6:]} ") == number


@pytest.mark.parametrize("text", ["", "1234", "12345678x", "١٢٣٤٥٦٧٨٩", "1" * 500, "\0"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert normalised(text) is None
