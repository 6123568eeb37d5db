"""Every right in the database, as data (TENANCY 2). A test compares it with the catalogue.

Rights are applied as a whole after migrations: everything is revoked, then this list is granted,
in one transaction. Partitions appear nowhere: they carry no right at all and are reached through
their parent only (TENANCY 1, L12).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .context import PUBLIC
from .roles import APP, EXTENSION_SCHEMA, PLATFORM, RADIUS, TENANT

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"
PUBLISH = "INSERT"
NOTHING = ""
# Stands for the role of the schema's own tenant.
OWN_TENANT = "{schema}"

# Relations of a tenant's schema that its own role may not simply read and write.
TENANT_RELATIONS = {
    "django_migrations": NOTHING,
    "audit_entry": APPEND,
    "audit_seal": APPEND,
    "radacct": READ,
    "radacct_open": READ,
    "radpostauth": READ,
    "radcompiled": READ,
    # The functions' owner alone reads it (ADR 41).
    "radius_voucher_key": NOTHING,
    "usage_daily": READ,
    "sessions": READ,
    "nas": READ,
    # Written by the functions below alone.
    "ledger_account": READ,
    "ledger_transfer": READ,
    "ledger_entry": READ,
    "ledger_hold": READ,
    "tills_dayclose": APPEND,
    "water_tariffversion": APPEND,
    "water_calibration": APPEND,
    "water_bundlegrant": APPEND,
    "water_dispenseclaim": APPEND,
    "water_recordconflict": APPEND,
    "water_refund": APPEND,
    "water_transactions": APPEND,
}
# Functions of a tenant's schema and who may execute them; all others: nobody.
TENANT_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "wc_authorize_v1": (RADIUS,),
    "wc_accounting_batch_v1": (RADIUS,),
    "wc_accounting_batch_v2": (RADIUS,),
    "wc_postauth_batch_v1": (RADIUS,),
    "wc_postauth_batch_v2": (RADIUS,),
    "wc_partitions_ahead_v1": (RADIUS,),
    "wc_sessions_heal_v1": (RADIUS,),
    "wc_sessions_purge_v1": (RADIUS,),
    "wc_compile_v1": (OWN_TENANT,),
    "wc_voucher_hashes_v1": (OWN_TENANT,),
    "wc_voucher_activate_v1": (RADIUS,),
    "ledger_account_v1": (OWN_TENANT,),
    "ledger_post_v1": (OWN_TENANT,),
    "ledger_settle_v1": (OWN_TENANT,),
    "ledger_hold_v1": (OWN_TENANT,),
    "ledger_capture_v1": (OWN_TENANT,),
    "ledger_release_v1": (OWN_TENANT,),
    "ledger_expire_v1": (OWN_TENANT,),
}

# Relations of `public` with other rights than WRITE for the platform alone.
PUBLIC_RELATIONS: dict[str, dict[str, str]] = {
    "django_migrations": {PLATFORM: READ},
    "django_content_type": {PLATFORM: WRITE, TENANT: READ},
    "tenants_tenant": {PLATFORM: WRITE, APP: READ},
    "tenants_domain": {PLATFORM: WRITE, APP: READ},
    "nas_registry": {PLATFORM: WRITE, TENANT: WRITE},
    # The tenant ends a session in its own schema and is told of it; it opens none.
    "support_session": {PLATFORM: WRITE, TENANT: "SELECT, UPDATE"},
    # Made and deleted by the platform only.
    "realtime_app": {PLATFORM: WRITE, TENANT: "SELECT, UPDATE"},
    "events_outbox": {PLATFORM: WRITE, TENANT: PUBLISH},
    # Row security shows a tenant its own.
    "events_log": {PLATFORM: APPEND, TENANT: READ},
    "events_stream": {PLATFORM: "SELECT, INSERT, UPDATE", TENANT: READ},
    "events_undelivered": {PLATFORM: WRITE},
    "events_relay": {PLATFORM: "SELECT, INSERT, UPDATE"},
    "audit_entry": {PLATFORM: APPEND},
    "audit_seal": {PLATFORM: APPEND},
    "audit_head": {PLATFORM: "SELECT, INSERT, UPDATE"},
    "spool_checkpoint": {PLATFORM: READ},
    "spool_state": {PLATFORM: READ},
    "spool_held": {PLATFORM: READ},
    "spool_held_record": {},
}
PUBLIC_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "wc_stage_v1": (RADIUS,),
    "wc_accounting_staged_v1": (RADIUS,),
    "wc_postauth_staged_v1": (RADIUS,),
    "wc_accounting_apply_v1": (RADIUS,),
    "wc_postauth_apply_v1": (RADIUS,),
    "wc_spool_positions_v1": (RADIUS,),
    "wc_spool_advance_v1": (RADIUS,),
    "wc_spool_forget_v1": (RADIUS,),
    "wc_spool_idle_v1": (RADIUS,),
    "wc_spool_tenants_v1": (RADIUS,),
    "wc_spool_held_v1": (RADIUS,),
    "wc_spool_hold_v1": (RADIUS,),
    "wc_spool_held_lines_v1": (RADIUS,),
    "wc_spool_release_v1": (RADIUS,),
    "wc_spool_retried_v1": (RADIUS,),
}

# USAGE on the shared schemas; on a tenant's schema its role and wc_radius have it.
SHARED_SCHEMAS: dict[str, tuple[str, ...]] = {
    PUBLIC: (APP, PLATFORM, TENANT, RADIUS),
    EXTENSION_SCHEMA: (APP, PLATFORM, TENANT),
}

RELATIONS_SQL = """
SELECT relation.relname FROM pg_class relation
WHERE relation.relnamespace = %s::regnamespace AND relation.relkind IN ('r', 'p', 'v', 'm')
  AND NOT relation.relispartition
  -- A detached partition that waits for its archive is still nobody's (TENANCY 1, L12).
  AND coalesce(obj_description(relation.oid, 'pg_class'), '') NOT LIKE 'wificore.partition %%'
ORDER BY relation.relname
"""
FUNCTIONS_SQL = """
SELECT function.proname, function.oid::regprocedure::text FROM pg_proc function
WHERE function.pronamespace = %s::regnamespace ORDER BY 2
"""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One right: `privileges` on an object of a kind, for a role."""

    kind: str
    target: str
    role: str
    privileges: str

    @property
    def statement(self) -> str:
        return f'GRANT {self.privileges} ON {self.kind} {self.target} TO "{self.role}"'


def wanted(cursor: Any, schema: str) -> list[Grant]:
    """All rights that objects now in this schema should carry, besides their owner's."""
    return [*_on_schema(schema), *_on_relations(cursor, schema), *_on_functions(cursor, schema)]


def apply(cursor: Any, schema: str) -> None:
    """Bring the schema's rights to exactly `wanted`; call inside a transaction, as the owner."""
    cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {_everyone(schema)}')
    cursor.execute(f'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA "{schema}" FROM {_everyone(schema)}')
    for grant in wanted(cursor, schema):
        cursor.execute(grant.statement)


def _everyone(schema: str) -> str:
    tenants = () if schema == PUBLIC else (schema,)
    return ", ".join(("PUBLIC", APP, PLATFORM, TENANT, RADIUS, *(f'"{role}"' for role in tenants)))


def _on_schema(schema: str) -> Iterator[Grant]:
    usage = SHARED_SCHEMAS if schema == PUBLIC else {schema: (schema, RADIUS)}
    for name, roles in usage.items():
        for role in roles:
            yield Grant("SCHEMA", f'"{name}"', role, "USAGE")


def _on_relations(cursor: Any, schema: str) -> Iterator[Grant]:
    cursor.execute(RELATIONS_SQL, [schema])
    for (name,) in cursor.fetchall():
        for role, privileges in _relation_rights(schema, name).items():
            if privileges:
                yield Grant("TABLE", f'"{schema}"."{name}"', role, privileges)


def _relation_rights(schema: str, name: str) -> dict[str, str]:
    if schema == PUBLIC:
        return PUBLIC_RELATIONS.get(name, {PLATFORM: WRITE})
    return {schema: TENANT_RELATIONS.get(name, WRITE)}


def _on_functions(cursor: Any, schema: str) -> Iterator[Grant]:
    rights = PUBLIC_FUNCTIONS if schema == PUBLIC else TENANT_FUNCTIONS
    cursor.execute(FUNCTIONS_SQL, [schema])
    for name, signature in cursor.fetchall():
        for role in rights.get(name, ()):
            yield Grant("FUNCTION", signature, role.format(schema=schema), "EXECUTE")
