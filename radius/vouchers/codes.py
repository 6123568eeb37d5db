"""Codes of vouchers: what they are made of, and how they are written.

Made without characters that look alike on paper (I, L, O, 0, 1). Whoever types one may leave out
dashes, put in spaces and use small letters.
"""

import secrets

ALPHABETS = {"mixed": "23456789ABCDEFGHJKMNPQRSTUVWXYZ", "digits": "23456789"}
MIN_LENGTH, MAX_LENGTH, MAX_PREFIX = 6, 20, 8
GROUP = 4
# Of so many guesses one may be right: more than a hotspot's page lets anybody make.
GUESSES = 10_000_000


def make(count: int, *, prefix: str, length: int, alphabet: str) -> list[str]:
    """So many codes, each another, at random."""
    characters, made = ALPHABETS[alphabet], set[str]()
    while len(made) < count:
        made.add(prefix + "".join(secrets.choice(characters) for _ in range(length)))
    return list(made)


def length_for(count: int, alphabet: str) -> int:
    """How many random characters keep so many codes from being guessed."""
    length = MIN_LENGTH
    while len(ALPHABETS[alphabet]) ** length < count * GUESSES:
        length += 1
    return length


def printed(code: str) -> str:
    """In fours: `ABCD-EFGH`; wc_voucher_printed does the same."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
