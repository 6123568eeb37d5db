"""Account numbers that people type on telephones: eight digits at random and a check digit.

The check is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004): it finds every wrong
digit and every two that changed places. Random and sparse, so that a number that passes by chance
is nobody's.
"""

import re
import secrets

DIGITS = 8
SHAPE = re.compile(rf"[0-9]{{{DIGITS + 1}}}")
# What people type between the digits.
DECORATION = re.compile(r"[\s.-]")
TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_account_no() -> str:
    """One that does not begin with 0, which spreadsheets would eat."""
    digits = str(10 ** (DIGITS - 1) + secrets.randbelow(9 * 10 ** (DIGITS - 1)))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    state = 0
    for digit in digits:
        state = TABLE[state][int(digit)]
    return str(state)


def normalised(text: str) -> str | None:
    """The number as it is stored; None: it cannot be one, or its check digit is wrong."""
    plain = DECORATION.sub("", text)
    if not SHAPE.fullmatch(plain) or check_digit(plain) != "0":
        return None
    return plain
