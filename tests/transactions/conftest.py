"""What tests of money share."""

from collections.abc import Iterator

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from tests.conftest import World
from tests.transactions.books import Naive, Ours
from wificore.kernel.db.context import tenant_context


@pytest.fixture
def ours(world: World) -> Ours:
    """The product's books, of alpha."""
    return Ours(world.alpha)


@pytest.fixture
def naive(world: World, superuser_dsn: str, app_dsn: str) -> Iterator[Naive]:
    """What one writes at first, in a schema of its own."""
    book = Naive(make_dsn(superuser_dsn, dbname=parse_dsn(app_dsn)["dbname"]))
    book.create()
    yield book
    book.drop()


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    """The whole test works in alpha."""
    with tenant_context(world.alpha):
        yield world
