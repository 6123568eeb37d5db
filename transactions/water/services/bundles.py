"""Writes: bundles of water and WiFi, and what they give.

earned   booking.book --the same transaction--> progress of the wallet --> grant: WiFi opens
bought   a sale at a till: WiFi's part is revenue, water's part stands in the wallet
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from radius.services import SubscriberSuspended, entitlement_open
from transactions.ledger.door import InsufficientFunds
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import currency_of_tenant
from transactions.ledger.services import account, post
from transactions.tills.models import Pay, Sale
from transactions.tills.services import Terms, sale_make
from transactions.wallets.models import Wallet
from transactions.water.models import (
    Bundle,
    BundleGrant,
    BundleKind,
    BundleProgress,
    WaterTransaction,
)
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored

FIELDS = ("name", "kind", "ml", "plan", "price_micro", "wifi_micro", "active")


class BundleInvalid(DomainError):
    """A bundle cannot be like this."""

    code = "validation_error"


class BundleEnded(DomainError):
    """It is not offered, or not sold."""

    status = 409
    code = "bundle_not_sold"


def bundle_save(*, bundle: Bundle) -> Bundle:
    """Store a bundle, new or changed; what was granted before stays.

    Raises:
        BundleInvalid: no water, a price that cannot be split so, or a name that is taken.
    """
    _check(bundle)
    made = bundle.pk is None
    try:
        with transaction.atomic():
            old = stored(bundle, FIELDS)
            bundle.save()
            new = snapshot(bundle, FIELDS)
            announce(
                f"bundle.{'created' if made else 'changed'}", bundle.public_id, old=old, new=new
            )
    except IntegrityError:
        raise BundleInvalid("There is a bundle with this name.", field="name") from None
    return bundle


def bundle_sell(*, bundle: Bundle, wallet: Wallet, pay: str) -> Sale:
    """Sell a bundle at the actor's till, in one transfer: WiFi's part is earned, water's part goes
    into the wallet; who pays from the wallet must have the whole price in it.

    Raises:
        BundleEnded: it is not sold.
        NoShift, InsufficientFunds, TillInvalid, SubscriberSuspended: as of any sale.
    """
    if bundle.kind != BundleKind.BOUGHT or not bundle.active:
        raise BundleEnded("This bundle is not sold.")
    water = bundle.price_micro - bundle.wifi_micro
    shares = [(wallet.account_id, water)]
    if bundle.wifi_micro:
        shares.append((account(Kind.REVENUE_WIFI), bundle.wifi_micro))
    terms = Terms("bundle", bundle.name, bundle.price_micro, shares)
    with transaction.atomic():
        sale = sale_make(subscriber=wallet.subscriber, plan=bundle.plan, pay=pay, terms=terms)
        wallet.account.refresh_from_db()
        if pay == Pay.WALLET and wallet.account.available < water:
            raise InsufficientFunds("The wallet has less than the price.")
        grant = BundleGrant.objects.create(
            bundle=bundle,
            wallet=wallet,
            sale=sale,
            wifi_micro=bundle.wifi_micro,
            valid_until=sale.valid_until,
        )
        announce("bundle.granted", bundle.public_id, new=_told(grant))
    return sale


def dispenses_count(rows: Iterable[WaterTransaction]) -> int:
    """Count water that wallets paid for towards all bundles, in the transaction that books it: the
    records' claims are what lets this happen once. Returns how often WiFi was opened.
    """
    paid = [row for row in rows if row.wallet is not None and row.cost_micro > row.overrun_micro]
    offered = list(_earned()) if paid else []
    # As wallets are charged: nobody waits for another in a circle.
    paid.sort(key=lambda row: (row.wallet.account_id, row.epoch, row.seq))
    return sum(_counted(bundle, row) for row in paid for bundle in offered)


def _earned() -> QuerySet[Bundle]:
    rows = Bundle.objects.filter(kind=BundleKind.EARNED, active=True)
    return rows.select_related("plan").order_by("pk")


def _counted(bundle: Bundle, row: WaterTransaction) -> int:
    progress = _progress(bundle, row.wallet)
    times, progress.ml = divmod(progress.ml + row.ml, bundle.ml)
    progress.earned += times
    progress.save(update_fields=["ml", "earned"])
    return times if times and _grant(bundle, row, times) else 0


def _progress(bundle: Bundle, wallet: Wallet) -> BundleProgress:
    """How far a wallet is, locked."""
    new = BundleProgress(bundle=bundle, wallet=wallet)
    BundleProgress.objects.bulk_create([new], ignore_conflicts=True)
    return BundleProgress.objects.select_for_update().get(bundle=bundle, wallet=wallet)


def _grant(bundle: Bundle, row: WaterTransaction, times: int) -> bool:
    """Open what was earned; False: the customer is suspended, and it is forgone."""
    try:
        with transaction.atomic():
            for _ in range(times):
                customer = entitlement_open(subscriber=row.wallet.subscriber, plan=bundle.plan)
            grant = BundleGrant.objects.create(
                bundle=bundle,
                wallet=row.wallet,
                kiosk=row.kiosk,
                epoch=row.epoch,
                seq=row.seq,
                times=times,
                transfer_id=_move(bundle, row, times),
                wifi_micro=times * bundle.wifi_micro,
                valid_until=customer.expires_at,
            )
            announce("bundle.granted", bundle.public_id, new=_told(grant))
    except SubscriberSuspended:
        return False
    return True


def _move(bundle: Bundle, row: WaterTransaction, times: int) -> int | None:
    """WiFi's part of what the water earned; the transfer."""
    part = times * bundle.wifi_micro
    if not part:
        return None
    entries = [(account(Kind.REVENUE_WATER), -part), (account(Kind.REVENUE_WIFI), part)]
    key = f"bundle:{bundle.public_id}:{row.kiosk.public_id}:{row.epoch}:{row.seq}"
    return post("bundle.earned", entries, key=key, reason=bundle.name).transfer


def _told(grant: BundleGrant) -> dict[str, Any]:
    return {
        "id": grant.bundle.public_id,
        "name": grant.bundle.name,
        "kind": str(grant.bundle.kind),
        "wallet": grant.wallet.public_id,
        "subscriber": grant.wallet.subscriber_id,
        "plan": grant.bundle.plan_id,
        "times": grant.times,
        "wifi_micro": grant.wifi_micro,
        "currency": currency_of_tenant(),
        "valid_until": grant.valid_until,
    }


def _check(bundle: Bundle) -> None:
    if bundle.ml <= 0:
        raise BundleInvalid("Say how much water, above 0.", field="ml")
    if bundle.wifi_micro < 0:
        raise BundleInvalid("WiFi's part is at least 0.", field="wifi_micro")
    if bundle.kind == BundleKind.EARNED:
        if bundle.price_micro:
            raise BundleInvalid("What is earned has no price.", field="price_micro")
    elif bundle.wifi_micro >= bundle.price_micro:
        raise BundleInvalid("WiFi's part is less than the price.", field="wifi_micro")
    elif bundle.plan.currency != currency_of_tenant():
        raise BundleInvalid(f"Sales are in {currency_of_tenant()}, not this plan.", field="plan")
