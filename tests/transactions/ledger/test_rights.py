"""The books refuse to be written by anything but their functions (MONEY-WATER 4: 14)."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest

from tests.conftest import World
from tests.transactions.books import Ours
from wificore.kernel.db.context import tenant_context

TABLES = ("ledger_account", "ledger_transfer", "ledger_entry", "ledger_hold")
WRITES = (
    "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "SELECT 1 FROM {table} FOR UPDATE",
)
INNER = (
    "ledger_move(1, '{{1,2}}', '{{1,-1}}', NULL, NULL)",
    "ledger_begin('x', 'x', '', 1, NULL, '', '', '')",
)
Become = Callable[[str], Any]


@pytest.fixture
def booked(world: World, ours: Ours) -> World:
    wallet = ours.open(1_000)
    with tenant_context(world.alpha):
        ours.spend(wallet, 100)
        ours.hold(wallet, 100)
    return world


def refused(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["ts_alpha", "wc_app", "wc_platform", "ts_beta", "wc_radius"])
@pytest.mark.parametrize("table", TABLES)
def test_no_role_of_the_application_writes_them(
    booked: World, as_role: Become, radius_dsn: str, role: str, table: str
) -> None:
    if role == "wc_radius":
        connection = psycopg2.connect(radius_dsn)
        connection.autocommit = True
    else:
        connection = as_role("none" if role == "wc_app" else role)
    for statement in WRITES:
        refused(connection, statement.format(table=f"ts_alpha.{table}"))
    connection.close()


@pytest.mark.parametrize("call", INNER)
def test_not_even_the_tenants_role_calls_the_inner_functions(
    world: World, as_role: Become, call: str
) -> None:
    refused(as_role("ts_alpha"), f"SELECT ts_alpha.{call.format()}")


@pytest.mark.parametrize("role", ["ts_beta", "wc_platform"])
def test_a_stranger_neither_reads_nor_posts(booked: World, as_role: Become, role: str) -> None:
    connection = as_role(role)
    for table in TABLES:
        refused(connection, f"SELECT 1 FROM ts_alpha.{table}")
    refused(connection, "SELECT ts_alpha.ledger_account_v1('wallet', 'x', 'KES')")
    refused(
        connection,
        "SELECT ts_alpha.ledger_post_v1('x', '{1,2}', '{1,-1}', 'x', NULL, '', '', '')",
    )


def test_nobody_opens_a_wallet_without_a_bound(world: World, as_role: Become) -> None:
    with as_role("ts_alpha").cursor() as cursor:
        cursor.execute("SELECT ts_alpha.ledger_account_v1('wallet', 'mine', 'KES')")
        cursor.execute("SELECT min_balance FROM ts_alpha.ledger_account WHERE owner = 'mine'")
        assert cursor.fetchall() == [(0,)]
        with pytest.raises(psycopg2.errors.CheckViolation):
            cursor.execute("SELECT ts_alpha.ledger_account_v1('gold', 'mine', 'KES')")


def test_the_owners_own_statement_cannot_break_a_bound(booked: World) -> None:
    """Should somebody with every right forget the door, the table itself still refuses."""
    from django.db import IntegrityError, connections, transaction

    with tenant_context(booked.alpha):
        for change in ("posted = -1", "held = -1", "held = posted + 1"):
            with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
                with connections["owner"].cursor() as cursor:
                    cursor.execute(f"UPDATE ledger_account SET {change} WHERE kind = 'wallet'")
