"""A row of the trail as text that never changes, and its hash (format 1, ADR 12).

The database writes it while it seals (`sql/seal.sql`, a JSON array as jsonb prints it); this
module writes the same text from the row's values when a trail is verified, so that neither
implementation is believed alone.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

FORMAT = 1
# What is kept of each row's hash, to name the row that is not what it was. Integrity does not
# rest on it: the digest of a seal is over the whole hashes.
LEAF_BYTES = 8


def text(row: Sequence[Any]) -> str:
    """The values of `row` in `sql/seal.sql`, as `jsonb_build_array(..)::text` prints them."""
    return json.dumps(list(row), ensure_ascii=False, separators=(", ", ": "))


def row_hash(row: Sequence[Any]) -> bytes:
    return hashlib.sha256(text(row).encode()).digest()


def digest(hashes: Sequence[bytes]) -> bytes:
    """Of the rows of one seal, in the order of their numbers."""
    return hashlib.sha256(b"".join(hashes)).digest()
