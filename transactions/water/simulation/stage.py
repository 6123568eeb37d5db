"""Whom the simulator plays with: kiosks, wallets, tags of its own, made like staff make them."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone

from tenants.selectors import primary_host, tenant_get
from wificore.access.models import ApiToken, User
from wificore.access.services import token_create, token_revoke, user_create
from wificore.kernel.db.context import tenant_context

from .device import PULSES_PER_LITRE, Device
from .plan import WALLETS
from .wire import Door, Wire

ROLE, NAME = "owner", "kiosks simulator"
TOKEN_LIVES = timedelta(hours=24)
SITE, ZONE, CURRENCY = "Simulated kiosks", "Africa/Nairobi", "KES"
# Hours ago, and micro-units a litre: primes, so that nothing comes out even by chance.
PRICES = ((24 * 120, 25_013), (30, 27_337), (5, 31_013))
FUNDS = 400_000_000


class NotReady(Exception):
    """A tenant cannot be simulated; the message says why."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One kiosk at work.

    Attributes:
        wallets, tags: its own, in the plan's order. stranger: another kiosk of the tenant.
        spare: a wallet and its tag, for holds that nobody uses.
    """

    door: Door
    device: Device
    wallets: tuple[str, ...]
    tags: tuple[str, ...]
    stranger: Device
    spare: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Party:
    """One tenant: its kiosks, and what the journal must know of it."""

    door: Door
    kiosks: tuple[Kiosk, ...]
    known: dict[str, Any]


@contextmanager
def doors(slugs: Sequence[str], run: str) -> Iterator[list[Door]]:
    """The tenants' addresses with a token each, which ends with the block.

    Raises:
        NotReady: there is no such tenant.
    """
    made = [_door(slug, run) for slug in slugs]
    connections.close_all()  # the run needs none, and may outlive the server
    try:
        yield [door for door, _ in made]
    finally:
        for door, token in made:
            _revoke(door, token)


def _door(slug: str, run: str) -> tuple[Door, ApiToken]:
    try:
        row = tenant_get(slug=slug)
    except ObjectDoesNotExist:
        raise NotReady(f"--tenants: there is no tenant {slug!r}") from None
    email = f"kiosks-simulator@{slug}.invalid"
    with tenant_context(row):
        # Somebody of its own: it answers for a drawer of its own.
        user = User.objects.filter(email=email).first()
        user = user or user_create(email=email, password=None, roles=[ROLE], name=NAME.title())
        ends = timezone.now() + TOKEN_LIVES
        token, clear = token_create(user=user, name=f"{NAME} {run}", expires_at=ends)
    return Door(slug, primary_host(row), clear), token


def _revoke(door: Door, token: ApiToken) -> None:
    try:
        with tenant_context(tenant_get(slug=door.slug)):
            token_revoke(token=token)
    except (OperationalError, InterfaceError):
        return  # a database that was just killed does not hear it; the token ends by itself


class Stage:
    """Makes what a run needs in one tenant."""

    def __init__(self, wire: Wire, door: Door, run: str) -> None:
        self._wire, self._door, self._run = wire, door, run
        self._keys = (f"{run}-{door.slug}-{number}" for number in itertools.count())

    def party(self, kiosks: int) -> Party:
        """Raises NotReady when something is refused."""
        tariff, versions = self._tariff()
        site = self._site()
        shift = {"float_micro": 0, "currency": CURRENCY}
        self._post("/tills/shifts/", shift, also=409)
        spare = self._wallet(0)
        devices = [self._kiosk(number, site, tariff) for number in range(kiosks + 1)]
        staged = []
        for number, device in enumerate(devices[:-1]):
            own = [self._wallet(1 + number * WALLETS + place) for place in range(WALLETS)]
            wallets, tags = zip(*own, strict=True)
            staged.append(Kiosk(self._door, device, wallets, tags, devices[-1], spare))
        known = {
            "zone": ZONE,
            "versions": versions,
            "kiosks": [device.public_id for device in devices],
            "wallets": {wallet: FUNDS for kiosk in staged for wallet in kiosk.wallets},
            "spare": {spare[0]: FUNDS},
        }
        return Party(self._door, tuple(staged), known)

    def _tariff(self) -> tuple[Any, list[dict[str, Any]]]:
        now = datetime.now(UTC)
        made = None
        versions = []
        for v, (hours, price) in enumerate(PRICES, start=1):
            since = (now - timedelta(hours=hours)).replace(microsecond=0)
            body = {"valid_from": since.isoformat(), "price_micro_per_litre": price}
            if made is None:
                named = {"name": f"Simulated {self._run}", "currency": CURRENCY}
                made = self._post("/tariffs/", {**named, **body})["id"]
            else:
                self._post(f"/tariffs/{made}/versions/", body)
            versions.append({"v": v, "since": since.timestamp(), "price": price})
        return made, versions

    def _site(self) -> Any:
        path: str | None = "/sites/"
        while path:
            _, page = self._wire.staff(self._door, "GET", path)
            for site in page["results"]:
                if site["name"] == SITE:
                    return site["id"]
            path = page["next"] and f"/sites/{page['next'][page['next'].index('?') :]}"
        return self._post("/sites/", {"name": SITE, "zone": ZONE})["id"]

    def _kiosk(self, number: int, site: Any, tariff: Any) -> Device:
        body = {
            "name": f"Simulated {self._run}-{number}",
            "site": site,
            "tariff": tariff,
            "pulses_per_litre": PULSES_PER_LITRE,
        }
        made = self._post("/kiosks/", body)
        return Device(made["public_id"], made["key_id"], made["key"])

    def _wallet(self, number: int) -> tuple[str, str]:
        """A wallet with money in it, and its tag."""
        digits = int(self._run, 16) % 10**7
        phone = f"+2541{digits:07d}{number:03d}"
        wallet = self._post("/wallets/", {"name": f"Drinker {number}", "phone": phone})["id"]
        money = {"amount_micro": FUNDS, "currency": CURRENCY, "channel": "cash"}
        self._post(f"/wallets/{wallet}/topups/", money)
        uid = f"{self._run}{number:04d}"
        self._post("/tags/", {"uid": uid, "wallet": wallet})
        return wallet, uid

    def _post(self, path: str, body: Any, *, also: int = 201) -> Any:
        status, answer = self._wire.staff(self._door, "POST", path, body, key=next(self._keys))
        if status not in (201, also):
            raise NotReady(f"{self._door.slug}: POST {path} answered {status}: {answer}")
        return answer
