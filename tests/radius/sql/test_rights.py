"""What wc_radius may and may not do, and that the staging door cannot be turned against us."""

from typing import Any

import psycopg2
import pytest

TABLES = (
    "radcheck radreply radusergroup radgroupcheck radgroupreply radcompiled radacct radpostauth"
)
PUBLIC = (
    "nas_registry",
    "spool_checkpoint",
    "spool_state",
    "spool_held",
    "spool_held_record",
)


@pytest.fixture
def as_radius(radius_schema: Any) -> Any:
    connection = psycopg2.connect(radius_schema.dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


@pytest.mark.parametrize(
    "table",
    [
        *(f"ts_sqla.{name}" for name in TABLES.split()),
        *(f"ts_sqla.{name}" for name in ("radacct_open", "usage_daily", "sessions", "nas")),
        *(f"public.{name}" for name in PUBLIC),
    ],
)
def test_wc_radius_reads_no_table(as_radius: Any, table: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_radius.execute(f"SELECT * FROM {table}")


def test_wc_radius_reads_no_partition(radius_schema: Any, as_radius: Any) -> None:
    names = radius_schema.run(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'"
    )
    assert names
    for (name,) in names:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_radius.execute(f"SELECT * FROM {name}")


@pytest.mark.parametrize(
    "call",
    [
        "ts_sqla.wc_compile_v1()",
        "ts_sqla.wc_sessions_end('{}', '', NULL)",
        "ts_sqla.wc_compiled('', '', '', '')",
        "public.wc_stage_owned('pg_class')",
    ],
)
def test_wc_radius_calls_no_helper(as_radius: Any, call: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_radius.execute(f"SELECT {call}")


def test_wc_radius_cannot_read_or_change_what_it_staged(as_radius: Any) -> None:
    as_radius.execute("SELECT public.wc_stage_v1()")
    for statement in (
        "SELECT * FROM pg_temp.wc_accounting_stage",
        "DELETE FROM pg_temp.wc_accounting_stage",
        "ALTER TABLE pg_temp.wc_accounting_stage ENABLE ROW LEVEL SECURITY",
        "DROP TABLE pg_temp.wc_accounting_stage",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_radius.execute(statement)


@pytest.mark.parametrize(
    "kind", ["TABLE {} (tenant text)", "VIEW {} AS SELECT 'ts_sqla'::text AS tenant"]
)
def test_a_staging_table_of_the_callers_own_is_refused(
    radius_schema: Any, as_radius: Any, kind: str
) -> None:
    name = radius_schema.one("SELECT current_database()")[0]
    radius_schema.run("RESET ROLE")
    radius_schema.run(f"GRANT TEMPORARY ON DATABASE {name} TO wc_radius")
    as_radius.execute("CREATE TEMPORARY " + kind.format("wc_accounting_stage"))
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="is not ours"):
        as_radius.execute("SELECT public.wc_accounting_apply_v1(ARRAY['ts_sqla'])")


def test_every_function_that_wc_radius_calls_is_pinned(radius_schema: Any) -> None:
    rows = radius_schema.run(
        "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig, o.rolname FROM pg_proc p"
        " JOIN pg_roles o ON o.oid = p.proowner"
        " WHERE has_function_privilege('wc_radius', p.oid, 'EXECUTE')"
        " AND p.pronamespace IN ('public'::regnamespace, 'ts_sqla'::regnamespace)"
    )
    assert len(rows) == 22
    for name, definer, config, owner in rows:
        # What calls many tenants' functions does it with the rights of its caller.
        assert definer == ("_apply_v1" not in name), name
        assert any(setting.startswith("search_path=") for setting in config), name
        assert owner == "wc_owner"


def test_the_nas_view_has_this_tenants_routers_and_no_secret(radius_schema: Any) -> None:
    radius_schema.run(
        "INSERT INTO public.nas_registry (tenant, address, shortname, secret_encrypted) VALUES"
        " ('ts_sqla', '10.0.0.1', 'roof', 'hidden'), ('ts_sqlb', '10.0.0.2', 'other', 'hidden')"
    )
    (row,) = radius_schema.run("SELECT * FROM ts_sqla.nas")
    assert (row["nasname"], row["shortname"], row["secret"]) == ("10.0.0.1", "roof", None)
    assert "hidden" not in map(str, row)
