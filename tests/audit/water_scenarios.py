"""One use of every service of water."""

from datetime import timedelta
from typing import Any

from radius.services import plan_create
from tests.audit.registering import inside, of
from tests.conftest import World
from tests.transactions.water.conftest import (
    UID,
    UNIT,
    make_kiosk,
    make_tariff,
    make_wallet,
    record,
)
from transactions.tills.services import shift_open
from transactions.water import services as water
from transactions.water.booking import book
from transactions.water.models import Bundle, BundleGrant, Kiosk, Lease, WaterTransaction
from wificore.kernel.actor import Actor, acting_as

WATER = "transactions.water.services"
DAY = timedelta(days=1)


def kiosk() -> Kiosk:
    return Kiosk.objects.get(public_id=make_kiosk().public_id)


def lease() -> Lease:
    return water.lease_grant(wallet=make_wallet(), kiosk=kiosk(), amount_micro=UNIT, ttl=DAY)


@of(f"{WATER}.kiosks.kiosk_create")
def kiosk_create(world: World) -> None:
    with inside(world):
        kiosk()


@of(f"{WATER}.kiosks.kiosk_change")
def kiosk_change(world: World) -> None:
    with inside(world):
        water.kiosk_change(kiosk=kiosk(), state="blocked")


@of(f"{WATER}.kiosks.key_add")
def key_add(world: World) -> None:
    with inside(world):
        water.key_add(kiosk=kiosk())


@of(f"{WATER}.kiosks.key_revoke")
def key_revoke(world: World) -> None:
    with inside(world):
        made = make_kiosk()
        found = Kiosk.objects.get(public_id=made.public_id)
        assert water.key_revoke(kiosk=found, key_id=made.key_id)


@of(f"{WATER}.tariffs.tariff_create")
def tariff_create(world: World) -> None:
    with inside(world):
        make_tariff()


@of(f"{WATER}.tariffs.version_add")
def version_add(world: World) -> None:
    with inside(world):
        tariff = make_tariff()
        water.version_add(tariff=tariff, valid_from=tariff.created_at, price_micro_per_litre=30_000)


@of(f"{WATER}.tags.tag_bind")
def tag_bind(world: World) -> None:
    with inside(world):
        water.tag_bind(uid=UID, wallet=make_wallet())


@of(f"{WATER}.tags.tag_change")
def tag_change(world: World) -> None:
    with inside(world):
        tag = water.tag_bind(uid=UID, wallet=make_wallet())
        water.tag_change(tag=tag, state="lost")


@of(f"{WATER}.leases.lease_grant")
def lease_grant(world: World) -> None:
    with inside(world):
        lease()


@of(f"{WATER}.leases.lease_end")
def lease_end(world: World) -> None:
    with inside(world):
        water.lease_end(lease=lease())


@of(f"{WATER}.refunds.refund")
def refund(world: World) -> None:
    with inside(world):
        granted = lease()
        sent = record(mode="lease", lease=granted.public_id)
        book(granted.kiosk, [sent])
        row = WaterTransaction.objects.select_related("kiosk", "wallet").get()
        water.refund(dispense=row, amount_micro=100_000, reason="dirty water")


@of(f"{WATER}.calibrations.calibrate")
def calibrate(world: World) -> None:
    with inside(world):
        water.calibrate(kiosk=kiosk(), measured_ml=20_000, pulses=9_400, confirm=470)


def bundle(**fields: Any) -> Bundle:
    plan = plan_create(name="1 h", price_micro=10 * UNIT, validity_s=3_600)
    money = {"price_micro": 20 * UNIT, "wifi_micro": 17 * UNIT}
    values = {"name": "Day and 100 L", "kind": "bought", "ml": 100_000, **money, **fields}
    return water.bundle_save(bundle=Bundle(plan=plan, **values))


@of(f"{WATER}.bundles.bundle_save")
def bundle_save(world: World) -> None:
    with inside(world):
        made = bundle()
        made.active = False
        water.bundle_save(bundle=made)


@of(f"{WATER}.bundles.bundle_sell")
def bundle_sell(world: World) -> None:
    with inside(world), acting_as(Actor("user", id="900000", name="amina@alpha.test")):
        shift_open(float_micro=0)
        water.bundle_sell(bundle=bundle(), wallet=make_wallet(), pay="cash")


@of(f"{WATER}.bundles.dispenses_count")
def dispenses_count(world: World) -> None:
    with inside(world):
        bundle(kind="earned", price_micro=0, wifi_micro=UNIT // 10)
        given = lease()
        sent = record(mode="lease", lease=given.public_id, tag=UID, ml=200_000)
        assert book(given.kiosk, [sent])[0].status == "completed"
        assert BundleGrant.objects.exists()
