"""The real FreeRADIUS in front of the real functions of alpha's schema."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from radius.models import Plan
from radius.services import plan_create
from radius.vouchers.models import Voucher, VoucherBatch
from radius.vouchers.selectors import code_of
from radius.vouchers.services import voucher_batch_create
from tests.conftest import World
from tests.radius.freeradius.server import Freeradius, config_in
from tests.radius.freeradius.wire import Router
from wificore.kernel.db.context import tenant_context

UNIT = 1_000_000
HOUR = 3_600
Batches = Callable[..., VoucherBatch]
ADDRESSES = (f"127.61.{a}.{b}" for a, b in itertools.product(range(250), range(1, 250)))


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    with tenant_context(world.alpha):
        yield world


@pytest.fixture
def hourly(inside: World) -> Plan:
    return plan_create(
        name="Hour", price_micro=10 * UNIT, validity_s=HOUR, devices=1, download_kbps=2000
    )


@pytest.fixture
def batch(hourly: Plan) -> Batches:
    """`batch(count=3)`: of the plan Hour, sold unless said otherwise."""

    def make(**fields: Any) -> VoucherBatch:
        wanted = {"plan": hourly, "name": "Kiosk", "count": 1, "free": True} | fields
        return voucher_batch_create(**wanted)

    return make


@pytest.fixture
def code(batch: Batches) -> str:
    """A sold voucher's."""
    return code_of(Voucher.objects.get(batch=batch()))


@pytest.fixture(scope="module")
def freeradius(
    django_db_setup: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Freeradius]:
    url = os.environ["DATABASE_RADIUS_URL"]
    started = Freeradius(config_in(tmp_path_factory.mktemp("vouchers"), url))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def router(freeradius: Freeradius) -> Router:
    """A router of alpha."""
    return freeradius.router(next(ADDRESSES), "ts_alpha")
