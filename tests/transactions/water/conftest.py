"""A site with a kiosk, a customer with a tag and money, and a device that signs."""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.conftest import World
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.wallets.models import Wallet
from transactions.wallets.services import top_up, wallet_open
from transactions.water.models import Kiosk, Tag, Tariff
from transactions.water.services import kiosk_create, tag_bind, tariff_create
from wificore.access.models import Site
from wificore.access.services import site_save
from wificore.kernel.db.context import tenant_context

UNIT = 1_000_000
# 0.50 for 20 litres: 25 micro-units a millilitre, which cents could not say.
PRICE = 25_000
UID = "04a2b3c4d5e680"
HOUR = timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
JSON = "application/json"


@dataclass
class Device:
    """A kiosk's own side: it knows its key and its path, and what it has recorded."""

    host: str
    public_id: str
    key_id: str
    key: str
    epoch: int = 1
    seq: int = 0
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def headers(self, method: str, path: str, body: bytes, **other: str) -> dict[str, str]:
        stamp = other.pop("ts", str(int(time.time())))
        nonce = other.pop("nonce", secrets.token_hex(8))
        digest = hashlib.sha256(body).hexdigest()
        text = "\n".join((method, path, stamp, nonce, digest))
        made = hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {
            "host": self.host,
            "x-kiosk": self.public_id,
            "x-key-id": self.key_id,
            "x-ts": stamp,
            "x-nonce": nonce,
            "x-signature": made,
            **other,
        }

    def get(self, path: str = "/api/v1/kiosk/time", **other: str) -> Any:
        return self.client.get(path, headers=self.headers("GET", path, b"", **other))

    def post(self, name: str, body: Any, **other: str) -> Any:
        path = f"/api/v1/kiosk/{name}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers("POST", path, raw, **other)
        return self.client.post(path, raw, JSON, headers=headers)

    def records(self, *records: Any, **more: Any) -> Any:
        return self.post("records", {"records": list(records), **more})

    def authorise(self, max_ml: int = 20_000, tag: str = UID, **more: Any) -> Any:
        body = {"idempotency_key": secrets.token_hex(8), "tag": tag, "max_ml": max_ml, **more}
        return self.post("authorise", body)

    def record(self, **fields: Any) -> dict[str, Any]:
        """The next one; 20 litres by a member of staff, if nothing else is said."""
        self.seq += 1
        return record(**{"epoch": self.epoch, "seq": self.seq, **fields})


def record(**fields: Any) -> dict[str, Any]:
    """One dispense as a device with a good clock tells it."""
    ml = fields.get("ml", 20_000)
    return {
        "epoch": 1,
        "seq": 1,
        "type": "dispense",
        "tag": UID,
        "mode": "staff",
        "pulses": ml * 450 // 1000 if isinstance(ml, int) else 0,
        "ml": ml,
        "totalizer_ml": 1_000_000,
        "dur_ms": 60_000,
        "stop": "target",
        "tariff_v": 1,
        "t": rfc3339(datetime.now(UTC)),
        "clk": "synced",
        "up_ms": 1_000_000,
        **fields,
    }


def rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def make_site(name: str = "Borehole", zone: str = "Africa/Nairobi") -> Site:
    return site_save(site=Site(name=name, zone=zone))


def make_kiosk(name: str = "Kiosk 1", tariff: Tariff | None = None, host: str = "") -> Device:
    """A kiosk in the active tenant, with its device."""
    site = Site.objects.filter(name="Borehole").first() or make_site()
    paid = tariff or Tariff.objects.filter(name="Water").first() or make_tariff()
    made = kiosk_create(name=name, site=site.pk, tariff=paid, pulses_per_litre=450)
    return Device(host, made.kiosk.public_id, made.key_id, made.key)


def make_tariff(name: str = "Water", price: int = PRICE) -> Tariff:
    return tariff_create(name=name, valid_from=LONG_AGO, price_micro_per_litre=price)


def make_wallet(amount: int = 100, phone: str = "0712345678", name: str = "Amina") -> Wallet:
    """With so many whole units in it."""
    wallet = wallet_open(name=name, phone=phone)
    if amount:
        pay_in(wallet, amount)
    wallet.refresh_from_db()
    return wallet


def pay_in(wallet: Wallet, amount: int) -> Any:
    source = account(Kind.CLEARING, "mpesa")
    key = f"test:{secrets.token_hex(8)}"
    return top_up(wallet, amount * UNIT, source=source, channel="mpesa", key=key)


@dataclass(frozen=True)
class Borehole:
    """What most tests begin with: all of it is alpha's."""

    tenant: Any
    device: Device
    wallet: Wallet
    tag: Tag

    @property
    def kiosk(self) -> Kiosk:
        return Kiosk.objects.select_related("site", "tariff").get(public_id=self.device.public_id)


@pytest.fixture
def borehole(world: World) -> Borehole:
    """A kiosk at a borehole, and Amina with a tag and 100 in her wallet."""
    with tenant_context(world.alpha):
        device = make_kiosk(host=world.people["owner"].host)
        wallet = make_wallet()
        tag = tag_bind(uid=UID, wallet=wallet)
    return Borehole(world.alpha, device, wallet, tag)
