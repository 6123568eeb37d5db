"""The server's process dies between any two statements: money and what it buys, or neither."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, InterfaceError, connection, connections
from psycopg2.extensions import make_dsn, parse_dsn

from radius.models import Plan, Subscriber
from radius.services import plan_create, subscriber_create
from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.tills.conftest import AMINA, UNIT
from transactions.ledger.models import Account, Transfer
from transactions.resellers.models import Resale, Reseller
from transactions.resellers.services import float_top_up, resale_make, reseller_create
from transactions.tills.models import Sale
from transactions.tills.services import sale_make, shift_open
from wificore.audit.models import AuditEntry
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context

Work = Callable[[], object]


@pytest.fixture
def kill(superuser_dsn: str, app_dsn: str) -> Iterator[Callable[[int], None]]:
    """Ends a backend of the tests' own server."""
    killer = psycopg2.connect(make_dsn(superuser_dsn, dbname=parse_dsn(app_dsn)["dbname"]))
    killer.autocommit = True

    def end(pid: int) -> None:
        with killer.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    yield end
    killer.close()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


@contextmanager
def dying(before: int, kill: Callable[[int], None]) -> Iterator[None]:
    """The backend dies before the statement with this number."""
    left = [before]

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if left[0] == 0:
            kill(connection.connection.info.backend_pid)
        left[0] -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die):
        yield


def state(buyer: Subscriber) -> tuple[Any, ...]:
    """All that a sale changes."""
    buyer.refresh_from_db()
    return (
        buyer.expires_at,
        Transfer.objects.count(),
        Sale.objects.count(),
        Resale.objects.count(),
        AuditEntry.objects.count(),
        list(Account.objects.order_by("pk").values_list("posted", flat=True)),
    )


def sales(plan: Plan, buyer: Subscriber, shop: Reseller) -> dict[str, Work]:
    return {
        "cash": lambda: sale_make(subscriber=buyer, plan=plan, pay="cash"),
        "float": lambda: resale_make(reseller=shop, subscriber=buyer, plan=plan),
    }


@pytest.mark.parametrize("way", ["cash", "float"])
def test_a_sale_is_whole_or_not_at_all(world: World, kill: Callable[[int], None], way: str) -> None:
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=0)
        shop = reseller_create(name="Mama Njeri", commission_bp=500)
        float_top_up(reseller=shop, amount_micro=500 * UNIT)
        plan = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
        buyer = subscriber_create(username="chao", password="secret1", plan=plan)
        sell = sales(plan, buyer, shop)[way]
        sell()  # opens the accounts: the next ones all send the same statements
        with counted() as statements:
            sell()
        before = state(buyer)
        for number in range(len(statements)):
            with pytest.raises((DatabaseError, InterfaceError)), dying(number, kill):
                sell()
            connections["default"].close()
            assert state(buyer) == before, statements[number]
        sell()
        assert state(buyer) != before
    assert_books(world.alpha)
