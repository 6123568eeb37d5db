"""Kiosks and their records, written as booking leaves them; what is tested here only reads them."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from transactions.water.acks import advance
from transactions.water.models import (
    DispenseClaim,
    Kiosk,
    KioskWatch,
    Tag,
    Tap,
    Tariff,
    TariffVersion,
    WaterTransaction,
)
from wificore.access.models import Site
from wificore.access.services import site_save

L = 1000
MINUTE = timedelta(minutes=1)
PRICE = 500_000  # micro-units a litre


def a_site(name: str = "Kibera", zone: str = "Africa/Nairobi") -> Site:
    return Site.objects.filter(name=name).first() or site_save(site=Site(name=name, zone=zone))


def a_tariff() -> Tariff:
    found = Tariff.objects.filter(name="Water").first()
    if found is None:
        found = Tariff.objects.create(name="Water", currency="KES")
        TariffVersion.objects.create(
            tariff=found,
            v=1,
            valid_from=datetime(2020, 1, 1, tzinfo=UTC),
            price_micro_per_litre=PRICE,
        )
    return found


def a_kiosk(name: str = "Mlango", site: Site | None = None) -> Kiosk:
    kiosk = Kiosk.objects.create(name=name, site=site or a_site(), tariff=a_tariff())
    Tap.objects.create(kiosk=kiosk, pulses_per_litre=450)
    return kiosk


def a_tag(wallet: Any) -> Tag:
    return Tag.objects.create(uid_hash=secrets.token_bytes(32), wallet=wallet)


@dataclass
class Played:
    """One kiosk's meter and counter."""

    kiosk: Kiosk
    at: datetime
    epoch: int = 1
    seq: int = 0
    meter: int = 40 * L
    received: datetime | None = None
    day: date | None = None  # the business day of all; None: of each as its clock says
    rows: list[WaterTransaction] = field(default_factory=list)

    def pour(self, ml: int = 20 * L, *, leak: int = 0, **fields: Any) -> WaterTransaction:
        """A dispense five minutes after the one before; `leak` passed the meter before it."""
        self.seq += 1
        self.meter += leak + ml
        self.at += 5 * MINUTE
        return self._arrives(ml, fields)

    def lose(self, ml: int = 20 * L) -> None:
        """A dispense whose record does not come."""
        self.seq += 1
        self.meter += ml
        self.at += 5 * MINUTE

    def _arrives(self, ml: int, fields: dict[str, Any]) -> WaterTransaction:
        came = self.received or datetime.now(UTC)  # there is a partition
        cost = 0 if fields.get("mode") == "staff" else ml * PRICE // 1000
        values = {
            "received_on": came.date(),
            "received_at": came,
            "kiosk": self.kiosk,
            "site": self.kiosk.site,
            "epoch": self.epoch,
            "seq": self.seq,
            "state": "completed" if ml else "aborted",
            "mode": "hold",
            "ml": ml,
            "totalizer_ml": self.meter,
            "dur_ms": 90_000,
            "stop": "target",
            "currency": "KES",
            "cost_micro": cost,
            "captured_micro": cost,
            "happened_at": self.at,
            "business_day": self.day or self.at.date(),
            **fields,
        }
        row = WaterTransaction.objects.create(**values)
        DispenseClaim.objects.create(
            kiosk=self.kiosk, epoch=self.epoch, seq=self.seq, body_sha256=b"", answer=""
        )
        advance(self.kiosk, [(self.epoch, self.seq)])
        self.rows.append(row)
        return row


def watched(kiosk: Kiosk) -> KioskWatch:
    return KioskWatch.objects.get(pk=kiosk.pk)
