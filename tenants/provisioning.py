"""Makes a tenant: each step is idempotent, the state row says how far it came (TENANCY 4).

    requested -> schema -> role -> migrated -> granted -> seeded -> active
                              (any step) -> failed, resumed by calling again

Everything runs on the owner's connection, under one advisory lock a tenant (`orders`).
"""

from collections.abc import Callable

from django.core.management import call_command
from django.db import OperationalError, connections, transaction

from wificore.kernel.changes import announce
from wificore.kernel.db import grants
from wificore.kernel.db.context import tenant_context
from wificore.kernel.db.roles import APP, OWNER, PROVISION, TENANT
from wificore.kernel.db.router import OWNER_ALIAS

from .hooks import FirstUser, run_seeds
from .models import Order, Tenant, TenantState
from .partitioning import schema_ensure

Step = Callable[[Tenant, FirstUser], None]


class StepFailed(RuntimeError):
    """What stopped provisioning, and in which step."""


def provision(order: Order) -> None:
    """Run all steps from the first; those already done change nothing.

    Raises:
        StepFailed: a step did not come to its end.
    """
    tenant, owner = order.tenant, FirstUser(order.owner_email, order.owner_password)
    for state, step in STEPS:
        try:
            step(tenant, owner)
        except OperationalError:
            raise
        except Exception as error:
            raise StepFailed(f"{state}: {error}") from error
        _record(tenant, state)


def schema_migrate(schema: str) -> None:
    """Apply Django's migrations to the active schema, make its partitions, then its rights."""
    _migrate_schema(schema)
    schema_grant(schema)


def _migrate_schema(schema: str) -> None:
    call_command("migrate_one_schema", verbosity=0)
    schema_ensure(schema)


def schema_grant(schema: str) -> None:
    connection = connections[OWNER_ALIAS]
    with transaction.atomic(using=OWNER_ALIAS), connection.cursor() as cursor:
        grants.apply(cursor, schema)


def _create_schema(tenant: Tenant, _owner: FirstUser) -> None:
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{tenant.schema_name}" AUTHORIZATION {OWNER}')


def _create_role(tenant: Tenant, _owner: FirstUser) -> None:
    role = tenant.schema_name
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        # wc_owner may not create roles; for this transaction we act as the login itself.
        cursor.execute(f"SET LOCAL ROLE {PROVISION}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{role}" NOLOGIN NOCREATEROLE NOCREATEDB NOBYPASSRLS')
        cursor.execute(f'GRANT {TENANT} TO "{role}"')
        cursor.execute(f'GRANT "{role}" TO {APP}')


def _migrate(tenant: Tenant, _owner: FirstUser) -> None:
    with tenant_context(tenant):
        _migrate_schema(tenant.schema_name)


def _grant(tenant: Tenant, _owner: FirstUser) -> None:
    schema_grant(tenant.schema_name)


def _seed(tenant: Tenant, owner: FirstUser) -> None:
    with tenant_context(tenant), transaction.atomic(using=OWNER_ALIAS):
        run_seeds(tenant, owner, OWNER_ALIAS)


def _activate(tenant: Tenant, _owner: FirstUser) -> None:
    """Nothing left to make: the state itself opens the tenant's hosts."""
    with transaction.atomic(using=OWNER_ALIAS):
        _record(tenant, TenantState.ACTIVE)
        Order.objects.using(OWNER_ALIAS).filter(tenant_id=tenant.pk).delete()
        told = {"slug": tenant.slug, "schema_name": tenant.schema_name}
        announce("tenant.activated", tenant.slug, new=told, using=OWNER_ALIAS)


STEPS: tuple[tuple[TenantState, Step], ...] = (
    (TenantState.SCHEMA, _create_schema),
    (TenantState.ROLE, _create_role),
    (TenantState.MIGRATED, _migrate),
    (TenantState.GRANTED, _grant),
    (TenantState.SEEDED, _seed),
    (TenantState.ACTIVE, _activate),
)


def _record(tenant: Tenant, state: TenantState) -> None:
    tenant.state, tenant.error = state, ""
    Tenant.objects.using(OWNER_ALIAS).filter(pk=tenant.pk).update(state=state, error="")
