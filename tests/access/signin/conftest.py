"""People beside the three of the fixtures, for one test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.people import renumbered
from tests.conftest import PASSWORD
from wificore.access.models import User
from wificore.access.services import user_create
from wificore.kernel.db.context import tenant_context

EMAIL = "amina@same.test"
NUMBER = 777_777


@pytest.fixture
def twins(world: Any) -> Iterator[dict[str, User]]:
    """The same address and password in both tenants, and the same id too."""
    made = {}
    for slug, tenant in (("alpha", world.alpha), ("beta", world.beta)):
        with tenant_context(tenant):
            user = user_create(email=EMAIL, password=PASSWORD, roles=["owner"])
            made[slug] = renumbered(user, NUMBER)
    assert made["alpha"].pk == made["beta"].pk
    yield made
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            User.objects.filter(email=EMAIL).delete()


@pytest.fixture
def amina(twins: dict[str, User]) -> User:
    """Alpha's one of the twins."""
    return twins["alpha"]
