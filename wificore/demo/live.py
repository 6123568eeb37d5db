"""The demo's kiosks at work: customers draw water, and top up by M-Pesa when they must.

Over HTTP like any kiosk and any provider, with the keys of stack.json; bounded, and for ever.
"""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from django.db.models import Max
from django.utils import timezone

from tenants.selectors import tenant_get
from transactions.payments.gateways.mpesa import bodies
from transactions.water.models import Kiosk, KioskEpoch, Tag, TariffVersion, WaterTransaction
from transactions.water.simulation.device import Device, Record
from transactions.water.simulation.plan import Clock, Pour, Twist
from transactions.water.simulation.wire import Door, Wire
from wificore.kernel.db.context import tenant_context
from wificore.kernel.simulating import NoAnswer

from .people import HISTORY_DAYS, TENANTS, DemoTenant
from .water import DRINKERS, TARIFF, TOP_UP, uid

# Mean seconds from one customer of a tenant to the next.
GAP_S = 8.0
PAUSE_S = 0.25
MICRO = 1_000_000
JERRYCANS = (20_000, 20_000, 20_000, 10_000, 5_000)
TWISTS = (*[Twist.PLAIN] * 30, Twist.PARTIAL, Twist.ABORTED, Twist.STAFF)


@dataclass(frozen=True, slots=True)
class Place:
    """One tenant's kiosks, whose tags they know, and where money comes from.

    Attributes:
        tags: what is written on each, and its wallet's account number.
        version: of the tariff, the newest.
    """

    door: Door
    devices: Sequence[Device]
    tags: Sequence[tuple[str, str]]
    paybill: dict[str, str]
    version: int


def places(demo: dict[str, Any]) -> list[Place]:
    """Those of `var/stack.json` (or what the demo wrote of it)."""
    known = {one.slug: one for one in TENANTS}
    return [_place(told, known[told["slug"]]) for told in demo["tenants"]]


def _place(told: dict[str, Any], demo: DemoTenant) -> Place:
    with tenant_context(tenant_get(slug=demo.slug)):
        tags = Tag.objects.order_by("pk").values_list("wallet__account_no", flat=True)[:DRINKERS]
        return Place(
            door=Door(demo.slug, told["host"], ""),
            devices=[_device(one) for one in told["kiosks"]],
            tags=[(uid(demo, number), account) for number, account in enumerate(tags)],
            paybill=told["mpesa"],
            version=TariffVersion.objects.filter(tariff__name=TARIFF).count(),
        )


def _device(told: dict[str, str]) -> Device:
    """The kiosk in a new epoch, its meter where it stood."""
    kiosk = Kiosk.objects.get(public_id=told["public_id"])
    since = timezone.now().date() - timedelta(days=HISTORY_DAYS)
    rows = WaterTransaction.objects.filter(kiosk_id=kiosk.pk, received_on__gte=since)
    epochs = KioskEpoch.objects.filter(kiosk=kiosk)
    device = Device(told["public_id"], told["key_id"], told["key"])
    device.epoch = epochs.aggregate(last=Max("epoch"))["last"] or 0
    device.totalizer = rows.aggregate(most=Max("totalizer_ml"))["most"] or 0
    device.boot(time.time(), 0, Clock.GOOD)
    return device


class Live:
    """Plays until it is stopped."""

    def __init__(self, found: Sequence[Place], wire: Wire, stopped: Callable[[], bool]) -> None:
        self._places, self._wire, self._stopped = found, wire, stopped
        self._dice = Random(time.time())

    def play(self) -> None:
        while self._paused(self._dice.expovariate(len(self._places) / GAP_S)):
            try:
                self._draw(self._dice.choice(self._places))
            except NoAnswer:
                continue  # it is restarting

    def _paused(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self._stopped() and time.monotonic() < until:
            time.sleep(PAUSE_S)
        return not self._stopped()

    def _draw(self, place: Place) -> None:
        """Somebody comes to a kiosk."""
        device, (tag, account) = self._dice.choice(place.devices), self._dice.choice(place.tags)
        pour = Pour(0, 0, self._dice.choice(JERRYCANS), self._dice.choice(TWISTS))
        spends: Record = {"mode": "staff"}
        if pour.twist is not Twist.STAFF:
            asked = {"idempotency_key": secrets.token_hex(8), "tag": tag, "max_ml": pour.ml}
            _, answer = self._wire.kiosk(place.door, device, "authorise", asked)
            if not answer.get("hold"):
                self._pay(place, account)
                return
            spends = {"mode": "hold", "hold": answer["hold"]}
            pour = replace(pour, ml=min(pour.ml, answer["allowed_ml"]))
        record = device.record(pour, time.time(), tag=tag, version=place.version, spends=spends)
        body = {"records": [record], "health": device.health()}
        self._wire.kiosk(place.door, device, "records", body)

    def _pay(self, place: Place, account: str) -> None:
        """By M-Pesa, to the customer's account number."""
        receipt = f"D{secrets.token_hex(5).upper()}"
        phone = f"2547000{self._dice.randrange(10**5):05d}"
        secret, shortcode = place.paybill["callback_token"], place.paybill["shortcode"]
        told = bodies.confirmation(receipt, shortcode, phone, str(TOP_UP // MICRO), account)
        path = f"/api/v1/pay/cb/{secret}/c2b/confirmation"
        content = json.dumps(told).encode()
        self._wire.until_answered(place.door.host, "POST", path, content, dict)
