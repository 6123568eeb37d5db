"""Fixtures: a small repository with the real launcher, and nothing left of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devserver.repository import Repository, make


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """Stand-ins with the real launcher; whatever still runs after the test is a failure."""
    made = make(tmp_path / "repository")
    yield made
    left = made.processes()
    made.close()
    assert not left, f"left behind: {left}\n{made.text()}"
