"""What sells water, in both tenants."""

from datetime import UTC, datetime, timedelta

from radius.models import Plan
from tests.transactions.water.conftest import record
from transactions.wallets.selectors import by_id
from transactions.water.answers import public_id
from transactions.water.booking import book
from transactions.water.models import Bundle, KioskKey, WaterTransaction
from transactions.water.services import (
    bundle_save,
    calibrate,
    kiosk_create,
    lease_grant,
    tag_bind,
    tariff_create,
)
from transactions.water.signals.watch import kiosks_watch
from wificore.access.models import Site

Ids = dict[str, list[str]]


def water(word: str, wallet: str) -> Ids:
    """A kiosk with a key, a customer's tag and lease, and a dispense that was paid of it."""
    payer = by_id(wallet)
    assert payer is not None
    site = Site.objects.get(name=f"{word}-hill")
    began = datetime(2026, 1, 1, tzinfo=UTC)
    tariff = tariff_create(name=f"{word}-water", valid_from=began, price_micro_per_litre=25_000)
    kiosk = kiosk_create(
        name=f"{word}-kiosk", site=site.pk, tariff=tariff, pulses_per_litre=450
    ).kiosk
    key = KioskKey.objects.get(kiosk=kiosk)
    tag = tag_bind(uid=f"{word}-uid", wallet=payer, label=f"{word}-tag")
    lease = lease_grant(wallet=payer, kiosk=kiosk, amount_micro=1_000_000, ttl=timedelta(days=1))
    plan = Plan.objects.latest("pk")
    bundle = bundle_save(bundle=Bundle(name=f"{word}-bundle", kind="earned", ml=1_000, plan=plan))
    book(kiosk, [record(mode="lease", lease=lease.public_id, tag=f"{word}-uid")])
    calibrate(kiosk=kiosk, measured_ml=20_000, pulses=9_400, confirm=470)
    kiosks_watch()
    row = WaterTransaction.objects.latest("pk")
    return {
        "bundle": [str(bundle.pk), bundle.public_id],
        "tariff": [str(tariff.pk), tariff.public_id],
        "kiosk": [str(kiosk.pk), kiosk.public_id, key.key_id],
        "tag": [str(tag.pk), tag.public_id],
        "lease": [str(lease.pk), lease.public_id],
        "water_transaction": [str(row.pk), public_id(row)],
    }
