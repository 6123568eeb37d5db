"""Reads of wallets."""

from django.db.models import QuerySet

from wificore.kernel.public_ids import is_public_id

from .account_no import normalised
from .models import Wallet


def wallets() -> QuerySet[Wallet]:
    """All, each with its accounts and its customer."""
    return Wallet.objects.select_related("account", "receivable", "subscriber")


def by_account_no(no: str) -> Wallet | None:
    """The wallet that a payer named; None: there is none, or a digit is wrong."""
    number = normalised(no)
    return None if number is None else wallets().filter(account_no=number).first()


def by_id(id: str) -> Wallet | None:  # noqa: A002  # the API's word
    """The wallet with an id of the API."""
    return wallets().filter(public_id=id).first() if is_public_id(id) else None


def by_subscriber(subscriber: int) -> Wallet | None:
    """A customer's wallet."""
    return wallets().filter(subscriber=subscriber).first()
