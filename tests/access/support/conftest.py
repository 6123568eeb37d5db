"""What a session writes."""

from typing import Any

import pytest


@pytest.fixture
def plan() -> dict[str, Any]:
    return {"name": "Gold"}
