"""Writes: cash that a customer pays into a wallet."""

from django.db import transaction

from transactions.tills.taking import own_shift
from transactions.wallets.models import Wallet
from transactions.wallets.services import TopUp, top_up
from wificore.kernel.public_ids import new_public_id


def cash_top_up(*, wallet: Wallet, amount_micro: int) -> TopUp:
    """Into the actor's drawer and the customer's wallet; each call is another payment.

    Raises:
        NoShift: the actor has none open.
        AmountInvalid: not whole units above 0.
    """
    with transaction.atomic():
        shift = own_shift()
        key = f"till:{new_public_id()}"
        return top_up(wallet, amount_micro, source=shift.account_id, channel="cash", key=key)
