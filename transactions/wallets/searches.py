"""What the search box finds of wallets: their account numbers, as people read them out."""

from typing import Any

from transactions.wallets.models import Wallet
from wificore.kernel.search import MIN_PART, Hit, Words, searchable


def wallets(words: Words, request: Any, limit: int) -> list[Hit]:
    """From the beginning on, which the index of unique numbers finds; names find the customer."""
    typed = words.text.upper()
    if len(typed) < MIN_PART:
        return []
    rows = Wallet.objects.select_related("subscriber").filter(account_no__startswith=typed)
    return [_hit(row, typed) for row in rows.order_by("account_no")[:limit]]


def _hit(row: Wallet, typed: str) -> Hit:
    name = row.subscriber.name or row.subscriber.username
    return Hit(row.public_id, row.account_no, name, 2.0 if row.account_no == typed else 1.0)


searchable("wallet", "wallets.wallet.view", wallets)
