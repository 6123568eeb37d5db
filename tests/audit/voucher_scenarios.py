"""One use of every service of vouchers."""

from datetime import UTC, datetime

from radius.models import Plan
from radius.services import plan_create
from radius.vouchers import services as vouchers
from radius.vouchers.models import Voucher, VoucherBatch
from tests.audit.money_scenarios import shop, till
from tests.audit.registering import inside, of
from tests.conftest import World
from transactions.resellers import services as resellers
from transactions.tills import services as tills

VOUCHERS = "radius.vouchers.services"
UNIT = 1_000_000


def daily() -> Plan:
    return plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)


def batch() -> VoucherBatch:
    return vouchers.voucher_batch_create(plan=daily(), name="Kiosk", count=1)


def voucher() -> Voucher:
    return batch().vouchers.get()


@of(f"{VOUCHERS}.voucher_batch_create")
def voucher_batch_create(world: World) -> None:
    with inside(world):
        batch()


@of(f"{VOUCHERS}.voucher_batch_fill")
def voucher_batch_fill(world: World) -> None:
    with inside(world):
        empty = VoucherBatch.objects.create(
            plan=daily(), name="Kiosk", count=1, price_micro=UNIT, currency="KES"
        )
        assert vouchers.voucher_batch_fill(batch=empty).filled_at <= datetime.now(UTC)


@of(f"{VOUCHERS}.voucher_batch_void")
def voucher_batch_void(world: World) -> None:
    with inside(world):
        vouchers.voucher_batch_void(batch=batch(), reason="lost")


@of(f"{VOUCHERS}.voucher_sell")
def voucher_sell(world: World) -> None:
    with inside(world):
        vouchers.voucher_sell(voucher=voucher())


@of(f"{VOUCHERS}.voucher_void")
def voucher_void(world: World) -> None:
    with inside(world):
        vouchers.voucher_void(voucher=voucher(), reason="torn")


@of("transactions.tills.services.vouchers.voucher_sale_make")
def voucher_sale_make(world: World) -> None:
    with till(world):
        tills.voucher_sale_make(voucher=voucher())


@of("transactions.resellers.services.voucher_resale_make")
def voucher_resale_make(world: World) -> None:
    with till(world):
        seller = shop()
        resellers.float_top_up(reseller=seller, amount_micro=50 * UNIT)
        resellers.voucher_resale_make(reseller=seller, voucher=voucher())
