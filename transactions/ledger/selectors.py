"""Reads of the books."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from wificore.kernel.currency import own_currency

from .kinds import Kind
from .models import Account, Entry, Hold, Transfer


def currency_of_tenant() -> str:
    """The currency of accounts that name none; one for the whole installation so far."""
    return own_currency()


def account_find(*, kind: Kind, owner: str, currency: str) -> int | None:
    """The number of an account that exists."""
    rows = Account.objects.filter(kind=kind, owner=owner, currency=currency)
    return rows.values_list("pk", flat=True).first()


def balance(account: int, *, at: datetime | None = None) -> int:
    """An account's balance in micro-units, now or before a moment.

    Raises:
        Account.DoesNotExist: there is none with this number.
    """
    found = Account.objects.get(pk=account)
    if not found.running:
        return sum_of(account, before=at)
    if at is None:
        return found.posted
    # Times of an account's entries rise with their numbers, so the last one before knows it.
    rows = Entry.objects.filter(account=found, created_at__lt=at).order_by("-id")
    return int(rows.values_list("balance_after", flat=True).first() or 0)


def sum_of(account: int, *, before: datetime | None = None) -> int:
    """Of an account without a running balance."""
    rows = Entry.objects.filter(account=account)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


def transfers() -> QuerySet[Transfer]:
    """All, with their entries and accounts."""
    return Transfer.objects.prefetch_related("entries__account")


def balance_as_of(*, account: int, transfer: int) -> int:
    """A running balance right after a transfer, which may not have touched it."""
    rows = Entry.objects.filter(account=account, transfer__lte=transfer).order_by("-id")
    return int(rows.values_list("balance_after", flat=True).first() or 0)


def entries(*, account: int) -> QuerySet[Entry]:
    """An account's entries with their transfers, newest first."""
    return Entry.objects.filter(account=account).select_related("transfer").order_by("-id")


def holds_open(*, account: int) -> QuerySet[Hold]:
    """What is set aside of an account now."""
    return Hold.objects.filter(account=account, state="open")
