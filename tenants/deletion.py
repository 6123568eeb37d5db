"""How a tenant goes: closed, exported, dropped (TENANCY 4).

    deleting -> closed -> exported -> farewells -> schema -> role -> archives -> caches -> forgotten

The state `deleting` closes its hosts before any of this begins. Each step may be run again, and
nothing is dropped before its export was read back.
"""

from collections.abc import Callable

from django.core.cache import caches
from django.db import connections, transaction

from wificore.kernel import logging
from wificore.kernel.changes import announce
from wificore.kernel.db.context import tenant_context
from wificore.kernel.db.partitions import archive
from wificore.kernel.db.roles import PROVISION, RADIUS
from wificore.kernel.db.router import OWNER_ALIAS

from . import archives
from .export import export
from .hooks import run_farewells
from .models import Domain, Order, Tenant

ROLE_EXISTS = "SELECT oid FROM pg_roles WHERE rolname = %s"
# Roles belong to the cluster: another database may have a tenant of this name.
ELSEWHERE = """
SELECT EXISTS (SELECT FROM pg_shdepend
WHERE refclassid = 'pg_authid'::regclass AND refobjid = %s AND dbid <> 0
  AND dbid <> (SELECT oid FROM pg_database WHERE datname = current_database()))
"""

log = logging.get(__name__)


def delete(order: Order) -> None:
    """Run all steps from the first; those already done change nothing."""
    for step in STEPS:
        step(order)


def _close(order: Order) -> None:
    """Nobody writes any more: neither the tenant's role nor the ingester."""
    schema = order.tenant.schema_name
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        if cursor.fetchone()[0]:
            cursor.execute(f'REVOKE ALL ON SCHEMA "{schema}" FROM PUBLIC, {RADIUS}')
            cursor.execute(ROLE_EXISTS, [schema])
            if cursor.fetchone():
                cursor.execute(f'REVOKE ALL ON SCHEMA "{schema}" FROM "{schema}"')


def _export(order: Order) -> None:
    schema = order.tenant.schema_name
    if _schema_exists(schema):
        note = export(schema, order.pk, archive.storage(), _place(order))
        log.info("tenant exported", tenant=schema, manifest=note)


def _place(order: Order) -> str:
    return archives.place(order.tenant.slug, order.created_at, order.pk)


def _farewells(order: Order) -> None:
    run_farewells(order.tenant.schema_name, OWNER_ALIAS)


def _drop_schema(order: Order) -> None:
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{order.tenant.schema_name}" CASCADE')


def _drop_role(order: Order) -> None:
    role = order.tenant.schema_name
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(ROLE_EXISTS, [role])
        if (found := cursor.fetchone()) is None:
            return
        cursor.execute(ELSEWHERE, found)
        if cursor.fetchone()[0]:
            log.warning("role kept: another database refers to it", tenant=role)
            return
        cursor.execute(f"SET LOCAL ROLE {PROVISION}")
        cursor.execute(f'DROP ROLE "{role}"')


def _put_archives_away(order: Order) -> None:
    """After the schema is gone: nothing more can be archived from it."""
    archives.put_away(order.tenant.schema_name, _place(order), archive.storage())


def _clear_caches(order: Order) -> None:
    """Sign-ins too: a tenant that takes the name later must not find them."""
    with tenant_context(order.tenant):
        for alias in ("default", "sessions"):
            caches[alias].clear()


def _forget(order: Order) -> None:
    """The rows go last: as long as they are there, the deletion goes on after a crash."""
    tenant = order.tenant
    told = {"slug": tenant.slug, "schema_name": tenant.schema_name, "name": tenant.name}
    with transaction.atomic(using=OWNER_ALIAS):
        Domain.objects.using(OWNER_ALIAS).filter(tenant_id=tenant.pk).delete()
        Tenant.objects.using(OWNER_ALIAS).filter(pk=tenant.pk).delete()
        announce("tenant.deleted", tenant.slug, old=told, using=OWNER_ALIAS)


STEPS: tuple[Callable[[Order], None], ...] = (
    _close,
    _export,
    _farewells,
    _drop_schema,
    _drop_role,
    _put_archives_away,
    _clear_caches,
    _forget,
)


def _schema_exists(schema: str) -> bool:
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        return bool(cursor.fetchone()[0])
