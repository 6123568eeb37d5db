"""Both tenants filled with rows of every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import World
from tests.isolation.filling import Ids, filled


@pytest.fixture
def betas_ids(world: World, tmp_path: Path) -> Iterator[Ids]:
    """Beta's ids, by what they are of; see `filled`."""
    with filled(world, tmp_path) as ids:
        yield ids
