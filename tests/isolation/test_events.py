"""Events and audit of beta, for everyone of alpha: neither read nor forged nor changed."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import transaction
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
    "events_log": "tenant",
    "events_stream": "tenant",
    "events_undelivered": "tenant",
    "events_relay": "beat_at",
}
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
        cursor.execute("GRANT SELECT ON public.events_log, public.events_outbox TO wc_tenant")
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


@pytest.mark.parametrize(
    ("schema", "role"),
    [
        ("ts_beta", "ts_alpha"),
        ("ts_beta", "wc_platform"),
        ("ts_beta", "wc_app"),
        ("public", "ts_alpha"),
        ("public", "wc_app"),
    ],
)
def test_nobody_else_reads_or_writes_an_audit_trail(
    history: None, as_role: Callable[[str], Any], schema: str, role: str
) -> None:
    forgery = "(actor_kind, action, object_type, object_id) VALUES ('system', 'a.b', 'a', '1')"
    with as_role(role).cursor() as cursor:
        for statement in (
            f"SELECT 1 FROM {schema}.audit_entry",
            f"INSERT INTO {schema}.audit_entry {forgery}",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)


@pytest.mark.parametrize(("schema", "role"), [("ts_beta", "ts_beta"), ("public", "wc_platform")])
def test_nobody_changes_or_deletes_a_line_of_the_own_trail(
    history: None, as_role: Callable[[str], Any], schema: str, role: str
) -> None:
    with as_role(role).cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {schema}.audit_entry")
        for statement in (
            f"UPDATE {schema}.audit_entry SET action = 'x.y'",
            f"DELETE FROM {schema}.audit_entry",
            f"TRUNCATE {schema}.audit_entry",
            f"SELECT 1 FROM {schema}.audit_entry FOR UPDATE",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)


def test_the_same_query_finds_each_tenants_own_lines(history: None, world: World) -> None:
    with tenant_context(world.alpha):
        assert not AuditEntry.objects.filter(new__name="beta's own").exists()
    with tenant_context(world.beta):
        assert AuditEntry.objects.filter(new__name="beta's own").count() == 2
