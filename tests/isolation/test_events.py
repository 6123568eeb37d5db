"""Events and audit of beta, for everyone of alpha: neither read nor forged nor changed."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.db import connections, transaction
from psycopg2 import errors

from tests.conftest import World
from wificore.audit.models import AuditEntry
from wificore.events import store
from wificore.kernel.audit import record
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.events import publish

# Each with a column that an UPDATE names.
TABLES = {
    "events_outbox": "tenant",
    "events_undelivered": "tenant",
    "events_relay": "beat_at",
}
# What a tenant may read of, its own.
STREAMS = ("events_log", "events_stream")
NOT_THEIRS = (
    ("ts_beta", "ts_alpha"),
    ("ts_beta", "wc_platform"),
    ("ts_beta", "wc_app"),
    ("public", "ts_alpha"),
    ("public", "wc_app"),
)
INSERT = "INSERT INTO public.events_outbox (tenant, type) VALUES (%s, 'plan.created')"


@pytest.fixture
def history(world: World) -> None:
    """Beta has published and recorded; something of it is still in the outbox."""
    for _ in range(2):
        with tenant_context(world.beta), transaction.atomic():
            publish("plan.created", {"n": 1})
            record("plan.created", "plan", 1, None, {"name": "beta's own"})
        with platform_context():
            store.move(10)
    with tenant_context(world.beta), transaction.atomic():
        publish("plan.created", {"n": 2})


@pytest.mark.parametrize("role", ["ts_alpha", "ts_beta", "wc_app"])
@pytest.mark.parametrize("table", TABLES)
def test_no_tenant_reads_changes_or_deletes_events_not_even_its_own(
    history: None, as_role: Callable[[str], Any], role: str, table: str
) -> None:
    with as_role(role).cursor() as cursor:
        for statement in (
            f"SELECT 1 FROM public.{table}",
            f"DELETE FROM public.{table}",
            f"TRUNCATE public.{table}",
            f"UPDATE public.{table} SET {TABLES[table]} = {TABLES[table]}",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)


@pytest.mark.parametrize("role", ["ts_alpha", "ts_beta"])
@pytest.mark.parametrize("table", STREAMS)
def test_a_tenant_reads_its_own_stream_and_changes_nothing(
    history: None, as_role: Callable[[str], Any], role: str, table: str
) -> None:
    with as_role(role).cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT tenant FROM public.{table}")
        assert cursor.fetchall() == ([("ts_beta",)] if role == "ts_beta" else [])
        for statement in (
            f"DELETE FROM public.{table}",
            f"TRUNCATE public.{table}",
            f"UPDATE public.{table} SET tenant = tenant",
            f"SELECT 1 FROM public.{table} FOR UPDATE",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)


@pytest.mark.parametrize("table", STREAMS)
def test_without_a_role_no_stream_is_read(
    history: None, as_role: Callable[[str], Any], table: str
) -> None:
    with as_role("wc_app").cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(f"SELECT 1 FROM public.{table}")


def test_a_tenant_publishes_in_its_own_name_only(
    world: World, as_role: Callable[[str], Any]
) -> None:
    with as_role("ts_alpha").cursor() as cursor:
        cursor.execute(INSERT, ["ts_alpha"])
        for other in ("ts_beta", "public", "ts_gamma"):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(INSERT, [other])
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(f"{INSERT} RETURNING id", ["ts_alpha"])


def test_the_login_without_a_role_publishes_nothing(world: World, app_dsn: str) -> None:
    connection = psycopg2.connect(app_dsn)
    with connection.cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(INSERT, ["ts_alpha"])
    connection.close()


def test_a_tenant_cannot_write_the_log_or_move_a_stream(
    world: World, as_role: Callable[[str], Any]
) -> None:
    with as_role("ts_alpha").cursor() as cursor:
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("INSERT INTO public.events_stream VALUES ('ts_alpha', 1, 1)")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(
                "INSERT INTO public.events_log"
                " VALUES ('ts_alpha', 1, 1, 'a.b', '', '{}', now(), now())"
            )


def test_row_security_stands_even_if_a_right_were_granted_by_mistake(
    history: None, superuser_dsn: str, app_dsn: str
) -> None:
    administrator = psycopg2.connect(superuser_dsn, dbname=_database(app_dsn))
    with administrator.cursor() as cursor:
        cursor.execute("GRANT SELECT ON public.events_outbox TO wc_tenant")
        cursor.execute("SET LOCAL ROLE ts_alpha")
        cursor.execute("SELECT count(*) FROM public.events_log")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM public.events_outbox")
        assert cursor.fetchone() == (0,)
        cursor.execute("SET LOCAL ROLE ts_beta")
        cursor.execute("SELECT count(*) FROM public.events_log")
        assert cursor.fetchone() == (2,)
    administrator.rollback()
    administrator.close()


def _database(dsn: str) -> str:
    connection = psycopg2.connect(dsn)
    name: str = connection.info.dbname
    connection.close()
    return name


FORGERY = {
    "audit_entry": "(actor_kind, action, object_type, object_id)"
    " VALUES ('system', 'a.b', 'a', '1')",
    "audit_seal": "(seq) VALUES (99)",
    "audit_head": "(tenant) VALUES ('ts_alpha')",
}


@pytest.mark.parametrize(
    ("schema", "role", "table"),
    [
        *((s, r, t) for s, r in NOT_THEIRS for t in ("audit_entry", "audit_seal")),
        *(("public", role, "audit_head") for role in ("ts_alpha", "ts_beta", "wc_app")),
    ],
)
def test_nobody_else_reads_or_writes_an_audit_trail(
    history: None, as_role: Callable[[str], Any], schema: str, role: str, table: str
) -> None:
    with as_role(role).cursor() as cursor:
        for statement in (
            f"SELECT 1 FROM {schema}.{table}",
            f"INSERT INTO {schema}.{table} {FORGERY[table]}",
            f"DELETE FROM {schema}.{table}",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("schema", ["ts_beta", "public"])
@pytest.mark.parametrize("role", ["ts_beta", "ts_alpha", "wc_platform", "wc_app"])
def test_nobody_changes_or_deletes_a_line_or_a_seal_not_even_of_the_own_trail(
    history: None, as_role: Callable[[str], Any], schema: str, role: str, table: str
) -> None:
    column = {"audit_entry": "action", "audit_seal": "key_id"}[table]
    with as_role(role).cursor() as cursor:
        if (schema, role) in (("ts_beta", "ts_beta"), ("public", "wc_platform")):
            cursor.execute(f"SELECT count(*) FROM {schema}.{table}")
        for name in (table, *partitions(schema, table)):
            for statement in (
                f"UPDATE {schema}.{name} SET {column} = 'x.y'",
                f"DELETE FROM {schema}.{name}",
                f"TRUNCATE {schema}.{name}",
                f"SELECT 1 FROM {schema}.{name} FOR UPDATE",
                f"MERGE INTO {schema}.{name} USING (VALUES (1)) v ON true WHEN MATCHED THEN DELETE",
                f"ALTER TABLE {schema}.{name} ADD extra int",
                f"DROP TABLE {schema}.{name}",
                f"CREATE TRIGGER t BEFORE INSERT ON {schema}.{name} EXECUTE FUNCTION now()",
                f"CREATE RULE r AS ON INSERT TO {schema}.{name} DO INSTEAD NOTHING",
            ):
                with pytest.raises(errors.InsufficientPrivilege):
                    cursor.execute(statement)


@pytest.mark.parametrize(("schema", "role"), [("ts_beta", "ts_beta"), ("public", "wc_platform")])
def test_the_own_trails_partitions_are_out_of_reach(
    history: None, as_role: Callable[[str], Any], schema: str, role: str
) -> None:
    """Through a partition nothing is read or written, not even by COPY, and none goes or comes."""
    some = partitions(schema, "audit_entry")
    assert some
    with as_role(role).cursor() as cursor:
        for name in some:
            target = f"{schema}.{name}"
            for statement in (
                f"SELECT 1 FROM {target}",
                f"INSERT INTO {target} {FORGERY['audit_entry']}",
                f"ALTER TABLE {schema}.audit_entry DETACH PARTITION {target}",
                f"CREATE TABLE {schema}.audit_entry_mine PARTITION OF {schema}.audit_entry DEFAULT",
            ):
                with pytest.raises(errors.InsufficientPrivilege):
                    cursor.execute(statement)
            for way in ("TO STDOUT", "FROM STDIN"):
                with pytest.raises(errors.InsufficientPrivilege):
                    cursor.copy_expert(f"COPY {target} {way}", StringIO())


def test_a_number_or_a_line_of_somebody_elses_choice_is_refused(
    history: None, as_role: Callable[[str], Any]
) -> None:
    with as_role("ts_beta").cursor() as cursor, pytest.raises(errors.GeneratedAlways):
        cursor.execute(
            "INSERT INTO ts_beta.audit_entry (id, actor_kind, action, object_type, object_id)"
            " VALUES (1, 'system', 'a.b', 'a', '1')"
        )


def partitions(schema: str, table: str) -> list[str]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_partition_tree(%s::regclass)"
            " JOIN pg_class ON pg_class.oid = relid WHERE isleaf AND level > 0",
            [f"{schema}.{table}"],
        )
        return [name for (name,) in cursor.fetchall()]


def test_the_same_query_finds_each_tenants_own_lines(history: None, world: World) -> None:
    with tenant_context(world.alpha):
        assert not AuditEntry.objects.filter(new__name="beta's own").exists()
    with tenant_context(world.beta):
        assert AuditEntry.objects.filter(new__name="beta's own").count() == 2
