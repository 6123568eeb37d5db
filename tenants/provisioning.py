"""Makes a tenant: each step is idempotent, the state row says how far it came (TENANCY 4).

    requested -> schema -> role -> migrated -> granted -> seeded -> active
                              (any step) -> failed, resumed by calling again

Everything runs on the owner's connection, under one advisory lock a tenant.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections, transaction

from wificore.kernel.db import grants
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
from wificore.kernel.db.roles import APP, OWNER, PROVISION, TENANT
from wificore.kernel.db.router import OWNER_ALIAS

from .hooks import Owner, run_seeds
from .models import Tenant, TenantState

LOCK_CLASS = 7_301

Step = Callable[[Tenant, Owner], None]


def provision(tenant: Tenant, owner: Owner) -> None:
    """Run all steps from the first; those already done change nothing.

    Raises:
        Exception: what stopped a step; the tenant's row then says `failed` and why.
    """
    with platform_context(), _locked(tenant.pk):
        for state, step in STEPS:
            try:
                step(tenant, owner)
            except Exception as error:
                _record(tenant, TenantState.FAILED, f"{state}: {error}")
                raise
            _record(tenant, state)


def schema_migrate(schema: str) -> None:
    """Apply Django's migrations to the active schema, then its rights."""
    call_command("migrate_one_schema", verbosity=0)
    schema_grant(schema)


def schema_grant(schema: str) -> None:
    connection = connections[OWNER_ALIAS]
    with transaction.atomic(using=OWNER_ALIAS), connection.cursor() as cursor:
        grants.apply(cursor, schema)


def _create_schema(tenant: Tenant, _owner: Owner) -> None:
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{tenant.schema_name}" AUTHORIZATION {OWNER}')


def _create_role(tenant: Tenant, _owner: Owner) -> None:
    role = tenant.schema_name
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        # wc_owner may not create roles; for this transaction we act as the login itself.
        cursor.execute(f"SET LOCAL ROLE {PROVISION}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{role}" NOLOGIN NOCREATEROLE NOCREATEDB NOBYPASSRLS')
        cursor.execute(f'GRANT {TENANT} TO "{role}"')
        cursor.execute(f'GRANT "{role}" TO {APP}')


def _migrate(tenant: Tenant, _owner: Owner) -> None:
    with tenant_context(tenant):
        call_command("migrate_one_schema", verbosity=0)


def _grant(tenant: Tenant, _owner: Owner) -> None:
    schema_grant(tenant.schema_name)


def _seed(tenant: Tenant, owner: Owner) -> None:
    with tenant_context(tenant), transaction.atomic(using=OWNER_ALIAS):
        run_seeds(tenant, owner, OWNER_ALIAS)


def _activate(_tenant: Tenant, _owner: Owner) -> None:
    """Nothing left to make: the state itself opens the tenant's hosts."""


STEPS: tuple[tuple[TenantState, Step], ...] = (
    (TenantState.SCHEMA, _create_schema),
    (TenantState.ROLE, _create_role),
    (TenantState.MIGRATED, _migrate),
    (TenantState.GRANTED, _grant),
    (TenantState.SEEDED, _seed),
    (TenantState.ACTIVE, _activate),
)


def _record(tenant: Tenant, state: TenantState, error: str = "") -> None:
    tenant.state, tenant.error = state, error
    Tenant.objects.using(OWNER_ALIAS).filter(pk=tenant.pk).update(state=state, error=error)


@contextmanager
def _locked(key: int) -> Iterator[None]:
    """One provisioning at a time for this tenant, across processes."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, key])
    try:
        yield
    finally:
        with connections[OWNER_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, key])


def public_grant() -> None:
    schema_grant(PUBLIC)
