"""A run's rows in the tenants' databases, each read in its own tenant's context."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Sum

from tenants.selectors import tenant_get
from transactions.ledger.models import Entry
from transactions.wallets.models import Wallet
from wificore.kernel.db.context import tenant_context

from ..models import Receipt
from .reconcile import ReceiptRow, Unavailable


class DatabaseRows:
    """Implements `reconcile.Rows`."""

    def credits(self, tenant: str, wallets: list[str]) -> dict[str, list[int]]:
        with _inside(tenant):
            accounts = Wallet.objects.filter(public_id__in=wallets)
            names = dict(accounts.values_list("account_id", "public_id"))
            found: dict[str, list[int]] = {}
            rows = Entry.objects.filter(account_id__in=names)
            for account, amount in rows.values_list("account_id", "amount"):
                found.setdefault(names[account], []).append(amount)
        return found

    def receipts(self, tenant: str, run: str) -> list[ReceiptRow]:
        with _inside(tenant):
            rows = Receipt.objects.filter(receipt__startswith=run)
            return [
                ReceiptRow(*row) for row in rows.values_list("receipt", "state", "amount_micro")
            ]

    def unbalanced(self, tenant: str) -> int:
        with _inside(tenant):
            sums = Entry.objects.values("transfer").annotate(sum=Sum("amount")).order_by()
            return int(sums.exclude(sum=0).count())


@contextmanager
def _inside(slug: str) -> Iterator[None]:
    """Read as this tenant; a connection that broke is forgotten, so the next look has a new one."""
    try:
        with tenant_context(tenant_get(slug=slug)):
            yield
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable(str(error).strip()) from error
