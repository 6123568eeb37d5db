"""Ours: kiosks, wallets and leases of the product."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.wallets.models import Wallet
from transactions.wallets.services import wallet_open
from transactions.water import services as water
from transactions.water.authorising import Question, authorise
from transactions.water.booking import book
from transactions.water.models import Kiosk
from wificore.access.models import Site
from wificore.access.services import site_save

from .records import PRICE, PULSES_PER_LITRE, records

TTL = timedelta(days=7)


class Ours:
    """One kiosk with a lease of its own wallet."""

    name = "WifiCore"

    def __init__(self, number: int, tariff: Any, site: int, funds: int) -> None:
        made = water.kiosk_create(
            name=f"bench {secrets.token_hex(4)}",
            site=site,
            tariff=tariff,
            pulses_per_litre=PULSES_PER_LITRE,
        )
        self._tag = secrets.token_hex(8)
        wallet = _wallet(number, funds)
        water.tag_bind(uid=self._tag, wallet=wallet)
        lease = water.lease_grant(wallet=wallet, kiosk=made.kiosk, amount_micro=funds // 2, ttl=TTL)
        self._records = records(self._tag, lease.public_id)
        # As whoever checked the signature has it.
        self._kiosk = Kiosk.objects.select_related("tariff", "site").get(pk=made.kiosk.pk)

    def tell(self, count: int) -> None:
        book(self._kiosk, [next(self._records) for _ in range(count)])

    def ask(self) -> None:
        body = {"idempotency_key": secrets.token_hex(8), "tag": self._tag, "max_ml": 20}
        question = Question(body["idempotency_key"], self._tag, 20, 600)
        authorise(self._kiosk, question, body)


def create(kiosks: int, funds: int) -> Iterator[Ours]:
    since = datetime.now(UTC) - timedelta(days=1)
    tariff = water.tariff_create(
        name=f"bench {secrets.token_hex(4)}", valid_from=since, price_micro_per_litre=PRICE
    )
    site = site_save(site=Site(name=f"bench {secrets.token_hex(4)}", zone="Africa/Nairobi"))
    for number in range(kiosks):
        yield Ours(number, tariff, site.pk, funds)


def _wallet(number: int, funds: int) -> Wallet:
    phone = f"+25411{secrets.randbelow(10**6):06d}{number % 10}"
    wallet = wallet_open(name=f"Bench {number}", phone=phone)
    source = account(Kind.CLEARING, "benchmark")
    entries = [(source, -funds), (wallet.account_id, funds)]
    post("topup.benchmark", entries, key=f"topup:{wallet.public_id}")
    return wallet
