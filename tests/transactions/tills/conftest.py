"""A counter with somebody behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from radius.models import Plan, Subscriber
from radius.services import plan_create, subscriber_create
from tests.conftest import World
from transactions.tills.models import Shift
from transactions.tills.services import shift_open
from transactions.wallets.models import Wallet
from transactions.wallets.services import wallet_open
from wificore.kernel.actor import Actor, acting_as

UNIT = 1_000_000
AMINA = Actor("user", id="900001", name="amina@alpha.test")
BRIAN = Actor("user", id="900002", name="brian@alpha.test")


@pytest.fixture
def counter(inside: World) -> Iterator[World]:
    """Amina works in alpha."""
    with acting_as(AMINA):
        yield inside


@pytest.fixture
def shift(counter: World) -> Shift:
    """Amina's, with 100 in the drawer."""
    return shift_open(float_micro=100 * UNIT)


@pytest.fixture
def daily(inside: World) -> Plan:
    return plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)


@pytest.fixture
def customer(daily: Plan) -> Subscriber:
    """Whose access ended long ago."""
    over = datetime(2026, 1, 1, tzinfo=UTC)
    return subscriber_create(username="chao", password="secret1", plan=daily, expires_at=over)


@pytest.fixture
def wallet(inside: World) -> Wallet:
    return wallet_open(name="Dalila", phone="0712345678")


def keyed(key: str, **headers: str) -> dict[str, Any]:
    return {"headers": {"idempotency-key": key, **headers}}
