"""The database itself refuses: every table and partition of beta, for everyone of alpha."""

import re
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import ProgrammingError, connection, connections
from psycopg2 import errors

from radius.registry.services import nas_create
from tests.conftest import World
from wificore.kernel.db.context import platform_context, tenant_context

DENIED = (errors.InsufficientPrivilege,)
NEW_DAY = "2031-01-01"


def relations(schema: str) -> list[str]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p', 'v') ORDER BY 1",
            [schema],
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def everything_of_beta(world: World) -> list[str]:
    """All relations of beta, with partitions of today and one made just now."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT ts_beta.wc_partitions_ahead_v1(%s::date, 1)", [NEW_DAY])
    names = relations("ts_beta")
    assert "radacct_p20310101" in names
    assert len([name for name in names if name.startswith("radpostauth_p")]) >= 9
    return names


@pytest.mark.parametrize("role", ["ts_alpha", "wc_app", "wc_platform"])
def test_no_other_role_reads_or_writes_any_relation_of_a_tenant(
    everything_of_beta: list[str], as_role: Callable[[str], Any], role: str
) -> None:
    with as_role(role).cursor() as cursor:
        for name in everything_of_beta:
            for statement in (
                f'SELECT 1 FROM ts_beta."{name}"',
                f'DELETE FROM ts_beta."{name}"',
                f'INSERT INTO ts_beta."{name}" DEFAULT VALUES',
            ):
                with pytest.raises(DENIED):
                    cursor.execute(statement)


def test_even_the_tenant_itself_reaches_its_partitions_through_their_parent_only(
    everything_of_beta: list[str], as_role: Callable[[str], Any]
) -> None:
    with as_role("ts_beta").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ts_beta.radacct")
        for name in everything_of_beta:
            if name.startswith(("radacct_p", "radpostauth_p")):
                with pytest.raises(DENIED):
                    cursor.execute(f'SELECT 1 FROM ts_beta."{name}"')


def test_a_tenant_cannot_become_another_tenant(as_role: Callable[[str], Any]) -> None:
    with as_role("ts_alpha").cursor() as cursor:
        cursor.execute("SET search_path = ts_beta, public")
        with pytest.raises(DENIED):
            cursor.execute("SELECT 1 FROM ts_beta.access_user")


def test_raw_sql_reads_its_own_tenant_unqualified_and_no_other_by_name(
    world: World, as_role: Callable[[str], Any]
) -> None:
    for tenant, other in ((world.alpha, world.beta), (world.beta, world.alpha)):
        with tenant_context(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT email FROM access_user")
            assert all(tenant.slug in email for (email,) in cursor.fetchall())
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(f"SELECT email FROM {other.schema_name}.access_user")


@pytest.mark.parametrize("guc", ["", "ts_beta", "ts_alpha"])
def test_row_security_asks_the_role_and_not_a_setting_that_anybody_may_change(
    world: World, as_role: Callable[[str], Any], guc: str
) -> None:
    for number, tenant in enumerate((world.alpha, world.beta)):
        with tenant_context(tenant):
            nas_create(address=f"192.0.2.{number}", secret="router-secret")
    with as_role("ts_alpha").cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, false)", [guc])
        cursor.execute("SELECT tenant FROM public.nas_registry")
        assert cursor.fetchall() == [("ts_alpha",)]
        cursor.execute("UPDATE public.nas_registry SET shortname = 'mine'")
        assert cursor.rowcount == 1


@pytest.mark.parametrize("schema", ["public", "ts_alpha", "ts_beta"])
def test_the_radius_login_reads_no_table_at_all(world: World, radius_dsn: str, schema: str) -> None:
    connection = psycopg2.connect(radius_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name in relations(schema):
            with pytest.raises(DENIED):
                cursor.execute(f'SELECT 1 FROM "{schema}"."{name}"')
            cursor.execute(
                "SELECT bool_or(has_table_privilege(format('%%I.%%I', %s, %s), privilege))"
                " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',"
                " 'REFERENCES', 'TRIGGER']) privilege",
                [schema, name],
            )
            assert cursor.fetchone() == (False,), name
    connection.close()


def test_the_radius_login_executes_the_versioned_functions_and_nothing_else(
    world: World, radius_dsn: str
) -> None:
    connection = psycopg2.connect(radius_dsn)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace IN ('public'::regnamespace,"
            " 'ts_alpha'::regnamespace) AND has_function_privilege(oid, 'EXECUTE')"
        )
        names = {name for (name,) in cursor.fetchall()}
    connection.close()
    assert "wc_authorize_v1" in names
    assert "wc_compile_v1" not in names
    assert all(re.search(r"_v[0-9]+$", name) for name in names)


def test_the_radius_login_owns_and_becomes_nothing(world: World, radius_dsn: str) -> None:
    connection = psycopg2.connect(radius_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for role in ("wc_owner", "wc_platform", "wc_tenant", "ts_alpha"):
            with pytest.raises(DENIED):
                cursor.execute(f'SET ROLE "{role}"')
        with pytest.raises(DENIED):
            cursor.execute("CREATE TABLE public.mine (id int)")
    connection.close()


def test_the_app_login_without_a_role_reads_only_which_hosts_exist(
    world: World, app_dsn: str
) -> None:
    connection = psycopg2.connect(app_dsn)
    connection.autocommit = True
    readable = []
    with connection.cursor() as cursor:
        for name in relations("public"):
            try:
                cursor.execute(f'SELECT 1 FROM public."{name}" LIMIT 1')
                readable.append(name)
            except errors.InsufficientPrivilege:
                continue
    connection.close()
    assert readable == ["tenants_domain", "tenants_tenant"]


def test_a_tenants_role_sees_nothing_of_public_but_what_is_listed(
    world: World, as_role: Callable[[str], Any]
) -> None:
    readable = []
    with as_role("ts_alpha").cursor() as cursor:
        for name in relations("public"):
            try:
                cursor.execute(f'SELECT 1 FROM public."{name}" LIMIT 1')
                readable.append(name)
            except errors.InsufficientPrivilege:
                continue
    assert readable == [
        "django_content_type",
        "events_log",
        "events_stream",
        "nas_registry",
        "realtime_app",
        "support_session",
    ]
