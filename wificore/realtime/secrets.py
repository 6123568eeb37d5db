"""An app's key and secrets: made here, sealed at rest, never in answers but once."""

import secrets as random
from datetime import UTC, datetime
from typing import TypedDict

from wificore.kernel.crypto import decrypt, encrypt


class Sealed(TypedDict):
    """A secret as it lies in the table."""

    id: str
    sealed: str
    created_at: str


def new_key() -> str:
    return random.token_hex(10)


def new_secret() -> tuple[Sealed, str]:
    """As it is stored, and in clear."""
    clear = random.token_hex(20)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Sealed(id=random.token_hex(4), sealed=encrypt(clear), created_at=now), clear


def opened(stored: list[Sealed]) -> tuple[str, ...]:
    """In clear, newest first."""
    return tuple(decrypt(secret["sealed"]) for secret in stored)
