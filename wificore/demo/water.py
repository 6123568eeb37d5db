"""The demo's water: kiosks, tags, and ninety days in which people drew from them.

Kiosks, tags and leases are made by the services. Dispenses and their money are made up, once, in
one statement after another; neither audit trail nor event log hears of what never happened.
"""

import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from radius.models import Plan
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import currency_of_tenant
from transactions.ledger.services import account
from transactions.wallets.models import Wallet
from transactions.wallets.services import wallet_open
from transactions.water import services as water
from transactions.water.models import (
    Bundle,
    BundleKind,
    DispenseClaim,
    Kiosk,
    KioskEpoch,
    KioskKey,
    KioskWatch,
    Lease,
    Tag,
    Tariff,
)
from transactions.water.services.counting import kiosk_count
from wificore.access.models import Site
from wificore.kernel import sql
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import current
from wificore.kernel.db.partitions.calendar import DAY, midnight
from wificore.kernel.db.router import OWNER_ALIAS

from .customers import customers
from .history import partitions
from .people import HISTORY_DAYS, SITES, ZONE, DemoTenant

SQL = Path(__file__).with_name("water.sql")
STEPS = (
    *("pours", "moves", "transfers", "entries", "balances", "dispenses", "claims", "epochs"),
    *("seen", "settle"),
)
TARIFF, PULSES = "Jerrycan", 450
# Micro-units a litre: five shillings for twenty litres, four before.
PRICES, DEARER_DAYS = [200_000, 250_000], 30
KIOSKS = ("Harbour gate", "Harbour market", "Hilltop school", "Hilltop clinic")
DRINKERS = 40
TOP_UP = 50_000_000
LEASE, LEASES, LEASE_DAYS = 10_000_000, 2, 30
LOST_DAYS = 3
BUNDLED_WATER = 20_000_000
# What kiosks tell from now on is not made up.
UNTIL = timedelta(minutes=20)
# When people come, as often as it stands here.
HOURS = [
    *(6, 6, 6, 7, 7, 7, 7, 8, 8, 9, 10, 11, 12),
    *(13, 14, 15, 16, 16, 17, 17, 17, 18, 18, 18, 19, 20),
]


def water_up(demo: DemoTenant) -> list[dict[str, str]]:
    """What is missing of it; how programs reach the kiosks."""
    kiosks = _kiosks(_tariff())
    tags = _tags(demo)
    if not DispenseClaim.objects.filter(kiosk__in=kiosks).exists():
        _remember(demo, kiosks, tags)
    if not Lease.objects.exists():
        _lend(kiosks[0])
    return [_reached(kiosk) for kiosk in kiosks]


def bundle_up(plan: Plan) -> None:
    """A plan with water for the house, a little cheaper than both apart."""
    if Bundle.objects.exists():
        return
    price = plan.price_micro + BUNDLED_WATER
    offer = Bundle(name=f"{plan.name} and 100 L", kind=BundleKind.BOUGHT, ml=100_000, plan=plan)
    offer.price_micro, offer.wifi_micro = price, plan.price_micro
    water.bundle_save(bundle=offer)


def uid(demo: DemoTenant, number: int) -> str:
    """What is written on a demo customer's tag."""
    return f"{demo.slug}-{number:04d}"


def _tariff() -> Tariff:
    known = Tariff.objects.filter(name=TARIFF).first()
    if known is not None:
        return known
    begun, dearer = (timezone.now() - timedelta(days=days) for days in (400, DEARER_DAYS))
    made = water.tariff_create(name=TARIFF, valid_from=begun, price_micro_per_litre=PRICES[0])
    water.version_add(tariff=made, valid_from=midnight(dearer), price_micro_per_litre=PRICES[1])
    return made


def _kiosks(tariff: Tariff) -> list[Kiosk]:
    sites = dict(Site.objects.filter(name__in=SITES).values_list("name", "pk"))
    for name in KIOSKS:
        if not Kiosk.objects.filter(name=name).exists():
            water.kiosk_create(
                name=name, site=sites[name.split()[0]], tariff=tariff, pulses_per_litre=PULSES
            )
    return list(Kiosk.objects.filter(name__in=KIOSKS).order_by("pk"))


def _reached(kiosk: Kiosk) -> dict[str, str]:
    key = KioskKey.objects.filter(kiosk=kiosk, revoked_at=None).latest("pk")
    return {
        "public_id": kiosk.public_id,
        "key_id": key.key_id,
        "key": decrypt(key.sealed),
    }


def _tags(demo: DemoTenant) -> list[Tag]:
    """Of the customers who came first, each with a wallet."""
    if not Tag.objects.exists():
        one_each = {one.phone: one for one in customers(demo, timezone.now())}.values()
        for number, one in enumerate(list(one_each)[:DRINKERS]):
            known = Wallet.objects.filter(subscriber__phone=one.phone).first()
            wallet = known or wallet_open(name=one.name, phone=one.phone)
            water.tag_bind(uid=uid(demo, number), wallet=wallet, label=f"Tag {number + 1}")
    return list(Tag.objects.order_by("pk")[:DRINKERS])


def _remember(demo: DemoTenant, kiosks: list[Kiosk], tags: list[Tag]) -> None:
    """Write the past of wallets that have none; only the owner's connection may."""
    schema, now = current().schema, timezone.now()
    since, until = midnight(now) - (HISTORY_DAYS - 1) * DAY, now - UNTIL
    currency = currency_of_tenant()
    facts: dict[str, Any] = {
        "kiosks": [kiosk.pk for kiosk in kiosks],
        "tags": [tag.pk for tag in tags if not tag.wallet.account.entries.exists()],
        "hours": HOURS,
        "zone": ZONE,
        "slug": demo.slug,
        "since": since,
        "until": until,
        "dearer": midnight(now - timedelta(days=DEARER_DAYS)),
        "lost": now - timedelta(days=LOST_DAYS),
        "prices": PRICES,
        "pulses": PULSES,
        "currency": currency,
        "step": TOP_UP,
        "revenue": account(Kind.REVENUE_WATER, "", currency),
        "clearing": account(Kind.CLEARING, "mpesa", currency),
        "seed": (zlib.crc32(f"{demo.slug} water".encode()) % 1000) / 1000,
    }
    partitions(schema, "water_transactions", since, now)
    statements = {name: sql.render(text, schema) for name, text in sql.load(SQL).items()}
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT setseed(%(seed)s)", facts)
        for step in STEPS:
            cursor.execute(statements[step], facts)
    _count(kiosks, since, now)


def _count(kiosks: list[Kiosk], since: datetime, now: datetime) -> None:
    """What the days come to; they are looked at already, so nobody is told of what went wrong."""
    last = dict(KioskEpoch.objects.values_list("kiosk_id", "max_seq"))
    for kiosk in kiosks:
        Kiosk.objects.filter(pk=kiosk.pk).update(created_at=since)
        seen = {"counted_to": now, "epoch": 1, "seq": last.get(kiosk.pk, 0)}
        KioskWatch.objects.update_or_create(kiosk=kiosk, defaults=seen)
        kiosk_count(kiosk=kiosk, day=since.date(), now=now)


def _lend(kiosk: Kiosk) -> None:
    """Two customers may draw at this kiosk while it is offline."""
    rich = Wallet.objects.filter(account__posted__gte=LEASE, account__held=0).order_by("pk")
    for wallet in rich[:LEASES]:
        ttl = timedelta(days=LEASE_DAYS)
        water.lease_grant(wallet=wallet, kiosk=kiosk, amount_micro=LEASE, ttl=ttl)
