"""A run's rows in the tenants' databases, each read in its own tenant's context."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Sum

from tenants.selectors import tenant_get
from transactions.ledger.models import Entry
from transactions.wallets.models import Wallet
from wificore.kernel.db.context import tenant_context

from ..acks import missing
from ..models import DispenseClaim, Kiosk, Lease, RecordConflict, WaterRefund, WaterTransaction
from .compare import RecordRow, WalletRow
from .expected import Key
from .reconcile import Unavailable


class DatabaseRows:
    """Implements `compare.Rows`."""

    def records(self, tenant: str, kiosks: list[str], since: float) -> list[RecordRow]:
        with _inside(tenant):
            own = _kiosks(kiosks)
            wallets = dict(Wallet.objects.values_list("pk", "public_id"))
            refunded = _refunded(own)
            first = datetime.fromtimestamp(since, UTC).date()
            rows = WaterTransaction.objects.filter(received_on__gte=first, kiosk_id__in=own)
            return [
                RecordRow(
                    key=(own[row.kiosk_id], row.epoch, row.seq),
                    state=row.state,
                    wallet=wallets.get(row.wallet_id or 0, ""),
                    ml=row.ml,
                    cost=row.cost_micro,
                    captured=row.captured_micro,
                    receivable=row.receivable_micro,
                    overrun=row.overrun_micro,
                    refunded=refunded.get((row.received_on, row.pk), 0),
                    day=row.business_day,
                    flags=frozenset(row.flags),
                )
                for row in rows.order_by().iterator()
            ]

    def claims(self, tenant: str, kiosks: list[str]) -> set[Key]:
        with _inside(tenant):
            own = _kiosks(kiosks)
            rows = DispenseClaim.objects.filter(kiosk_id__in=own).order_by()
            found = rows.values_list("kiosk_id", "epoch", "seq")
            return {(own[kiosk], epoch, seq) for kiosk, epoch, seq in found}

    def conflicts(self, tenant: str, kiosks: list[str]) -> set[Key]:
        with _inside(tenant):
            rows = RecordConflict.objects.filter(kiosk__public_id__in=kiosks)
            return set(rows.values_list("kiosk__public_id", "epoch", "seq"))

    def missing(self, tenant: str, kiosk: str) -> list[tuple[int, int, int]]:
        with _inside(tenant):
            return missing(Kiosk.objects.get(public_id=kiosk))

    def wallets(self, tenant: str, wallets: list[str]) -> dict[str, WalletRow]:
        with _inside(tenant):
            rows = Wallet.objects.filter(public_id__in=wallets)
            return {
                wallet: WalletRow(posted, held, -owed)
                for wallet, posted, held, owed in rows.values_list(
                    "public_id", "account__posted", "account__held", "receivable__posted"
                )
            }

    def captured(self, tenant: str, kiosks: list[str]) -> dict[str, int]:
        with _inside(tenant):
            rows = Lease.objects.filter(kiosk__public_id__in=kiosks)
            return dict(rows.values_list("public_id", "hold__captured"))

    def unbalanced(self, tenant: str) -> int:
        with _inside(tenant):
            sums = Entry.objects.values("transfer").annotate(sum=Sum("amount")).order_by()
            return int(sums.exclude(sum=0).count())


def _refunded(kiosks: dict[int, str]) -> dict[tuple[date, int], int]:
    """Micro-units, by the dispense's day and number."""
    rows = WaterRefund.objects.filter(kiosk_id__in=kiosks).order_by()
    sums = rows.values_list("received_on", "transaction").annotate(sum=Sum("amount_micro"))
    return {(day, number): amount for day, number, amount in sums}


def _kiosks(names: list[str]) -> dict[int, str]:
    return dict(Kiosk.objects.filter(public_id__in=names).values_list("pk", "public_id"))


@contextmanager
def _inside(slug: str) -> Iterator[None]:
    """Read as this tenant; a connection that broke is forgotten, so the next look has a new one."""
    try:
        with tenant_context(tenant_get(slug=slug)):
            yield
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable(str(error).strip()) from error
