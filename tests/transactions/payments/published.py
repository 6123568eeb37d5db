"""The providers' own published bodies (`published/README.md`)."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "published"


def octets(name: str) -> bytes:
    """`daraja/stk_request`."""
    return (HERE / f"{name}.json").read_bytes()


def content(name: str) -> Any:
    return json.loads(octets(name))
