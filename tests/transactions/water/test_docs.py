"""What docs/water.md tells authors of firmware is true."""

import re
from pathlib import Path

from transactions.water.models import DispenseState
from transactions.water.records import CLOCKS, STOPS
from transactions.water.signatures import Signed, signature

DOCS = Path(__file__).parents[3] / "docs" / "water.md"


def test_the_worked_example_of_a_signature_is_right() -> None:
    page = DOCS.read_text()

    def shown(pattern: str) -> str:
        found = re.search(pattern, page)
        assert found is not None, pattern
        return found[1]

    lines = shown(r"(    POST\n(?:    .+\n){4})").split()
    method, path, stamp, nonce, digest = lines
    body = shown(r"body +(\{.*\})").encode()
    signed = Signed(method, path, {"X-Ts": stamp, "X-Nonce": nonce}, body)
    assert signed.text() == "\n".join(lines).encode()
    assert signed.text().decode().endswith(digest)
    made = signature(shown(r"key +([0-9a-f]{64})"), signed.text())
    assert made == shown(r"X-Signature: ([0-9a-f]{64})")


def test_every_word_of_the_protocol_is_explained() -> None:
    page = DOCS.read_text()
    for word in (*STOPS, *CLOCKS, *DispenseState.values, "conflict", "invalid", "time_estimated"):
        assert re.search(rf"\b{word}\b", page), word
