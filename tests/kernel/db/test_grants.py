"""The catalogue holds exactly the rights that kernel/db/grants.py lists, no more and no less."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from tests.conftest import World
from wificore.kernel.db import grants
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.roles import OWNER

SCHEMAS = ("public", "ts_alpha", "ts_beta")

ACTUAL = """
SELECT 'TABLE', format('"%%s"."%%s"', n.nspname, c.relname), r.rolname, a.privilege_type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
     aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %(schema)s AND a.grantee <> c.relowner
UNION ALL
SELECT 'FUNCTION', p.oid::regprocedure::text, r.rolname, a.privilege_type
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
     aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %(schema)s AND a.grantee <> p.proowner
UNION ALL
SELECT 'SCHEMA', format('"%%s"', n.nspname), r.rolname, a.privilege_type
FROM pg_namespace n, aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %(schema)s AND a.grantee <> n.nspowner
"""


@pytest.fixture
def catalogue(world: World) -> Iterator[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        yield cursor


def listed(cursor: Any, schema: str) -> set[tuple[str, str, str, str]]:
    return {
        (grant.kind, grant.target, grant.role, privilege)
        for grant in grants.wanted(cursor, schema)
        for privilege in grant.privileges.split(", ")
        if grant.kind != "SCHEMA" or grant.target == f'"{schema}"'
    }


@pytest.mark.parametrize("schema", SCHEMAS)
def test_rights_in_the_catalogue_are_the_listed_ones(catalogue: Any, schema: str) -> None:
    catalogue.execute(ACTUAL, {"schema": schema})
    assert set(catalogue.fetchall()) == listed(catalogue, schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_everything_belongs_to_the_owner_role(catalogue: Any, schema: str) -> None:
    catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
        " AND pg_get_userbyid(relowner) <> %s",
        [schema, OWNER],
    )
    assert catalogue.fetchall() == []


def test_every_listed_name_exists(catalogue: Any) -> None:
    for schema, names in (
        ("public", {*grants.PUBLIC_RELATIONS, *grants.PUBLIC_FUNCTIONS}),
        ("ts_alpha", {*grants.TENANT_RELATIONS, *grants.TENANT_FUNCTIONS}),
    ):
        catalogue.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %(s)s::regnamespace UNION "
            "SELECT proname FROM pg_proc WHERE pronamespace = %(s)s::regnamespace",
            {"s": schema},
        )
        assert names <= {name for (name,) in catalogue.fetchall()}


def test_no_partition_carries_a_right_of_its_own(catalogue: Any) -> None:
    catalogue.execute(
        "SELECT c.relname, a.grantee FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.relispartition AND a.grantee <> c.relowner"
    )
    assert catalogue.fetchall() == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_function_with_rights_of_the_owner_pins_its_search_path(
    catalogue: Any, schema: str
) -> None:
    catalogue.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace AND prosecdef"
        " AND NOT coalesce(proconfig::text LIKE '%%search_path=%%', false)",
        [schema],
    )
    assert catalogue.fetchall() == []


def test_shared_tables_with_a_tenant_column_force_row_security(catalogue: Any) -> None:
    catalogue.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND a.attname IN ('tenant', 'tenant_id', 'tenant_schema', 'tenant_slug', 'schema',"
        " 'schema_name') AND c.relname NOT LIKE 'tenants\\_%%'"
    )
    tables = dict(catalogue.fetchall())
    assert "nas_registry" in tables
    assert all(tables.values()), tables


def test_only_apps_listed_in_both_places_have_tables_in_both(catalogue: Any) -> None:
    catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v') INTERSECT "
        "SELECT relname FROM pg_class WHERE relnamespace = 'ts_alpha'::regnamespace"
    )
    both = {name for (name,) in catalogue.fetchall()}
    shared = {
        app.split(".")[2] if "SimpleAdmin" in app else app.split(".")[-1]
        for app in settings.SHARED_APPS
        if app in settings.TENANT_APPS
    }
    strays = [n for n in both if not any(app.rstrip("s") in n for app in shared)]
    assert strays == ["django_migrations"]
