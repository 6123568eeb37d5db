"""Ids that the API shows: 16 hexadecimal digits at random, so that no two tenants share one and
none tells how many there are."""

import re
import secrets

LENGTH = 16
PUBLIC_ID = re.compile(r"[0-9a-f]{16}")


def new_public_id() -> str:
    return secrets.token_hex(LENGTH // 2)


def is_public_id(text: str) -> bool:
    """Whether it can be one; what cannot need not be looked for."""
    return PUBLIC_ID.fullmatch(text) is not None
