"""A third tenant that tests make and lose."""

from collections.abc import Iterator

import pytest
from django.db import connections

from tenants.models import Domain, Tenant
from tests.conftest import World
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.roles import PROVISION


@pytest.fixture
def gamma(world: World) -> Iterator[str]:
    """The slug of a tenant that the test makes; what it made is dropped after it."""
    yield "gamma"
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS ts_gamma CASCADE")
        cursor.execute(f"SET ROLE {PROVISION}")
        cursor.execute("DROP ROLE IF EXISTS ts_gamma")
        cursor.execute("SET ROLE wc_owner")
        Domain.objects.using("owner").filter(tenant__slug="gamma").delete()
        Tenant.objects.using("owner").filter(slug="gamma").delete()
