"""Money whose owner is not known: a person finds whose it is."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from .. import books
from ..errors import Invalid
from ..locks import lock_wallets
from ..models import Receipt, ReceiptState, Suspense
from ..settled import refuse_settled
from ..telling import tell_receipt, tell_suspense


def suspense_match(*, suspense: int, wallet: Any, by: int | None) -> Suspense:
    """Credit it to a wallet.

    Raises:
        AlreadyMatched: somebody did before.
        Invalid: the wallet has another currency.
    """
    with transaction.atomic():
        lock_wallets(wallet.pk)
        row = Receipt.objects.select_for_update().get(suspense=suspense)
        found = Suspense.objects.select_for_update().get(pk=suspense)
        found.receipt = row
        refuse_settled(found)
        if wallet.currency != row.currency:
            raise Invalid(f"The wallet is not in {row.currency}.", field="wallet")
        row.state, row.wallet = ReceiptState.CREDITED, wallet
        row.transfer_id = books.credit_suspense(found, wallet)
        row.save()
        found.matched_at, found.matched_by, found.wallet = timezone.now(), by, wallet
        found.save()
        tell_receipt("credited", row, {"state": "suspense"})
        tell_suspense("matched", found, {"wallet": None})
    return found
