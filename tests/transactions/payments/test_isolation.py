"""What of payments could be another tenant's, and is not."""

from tests.conftest import World
from tests.transactions.payments.conftest import open_account
from transactions.payments.gateways.providers import CachedToken, mpesa_account
from wificore.kernel.db.context import tenant_context


def test_a_token_of_one_tenants_application_is_not_the_others(world: World) -> None:
    """Even of two tenants that have the same application."""
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            open_account()
            assert CachedToken(mpesa_account()).get() is None
            CachedToken(mpesa_account()).keep(tenant.schema_name, 3600)
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            tokens = CachedToken(mpesa_account())
            assert tokens.get() == tenant.schema_name
            tokens.forget()
            assert tokens.get() is None
