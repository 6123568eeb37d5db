"""Writes: wallets, and money that comes into them."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from radius.selectors import subscriber_by_phone
from radius.services import SubscriberInvalid, subscriber_create
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance_as_of
from transactions.ledger.services import account, settle
from wificore.kernel import phones
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

from .account_no import new_account_no
from .amounts import check_amount
from .models import Wallet


class WalletInvalid(DomainError):
    """A wallet cannot be like this."""

    code = "validation_error"


class WalletTaken(DomainError):
    """The customer has a wallet."""

    status = 409
    code = "wallet_exists"


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money that came in.

    Attributes:
        transfer: its number in the books.
        receivable_paid_micro: what of it paid for what was owed.
        balance_micro: of the wallet, right after it.
    """

    transfer: int
    amount_micro: int
    receivable_paid_micro: int
    balance_micro: int


def wallet_open(*, name: str, phone: str) -> Wallet:
    """A wallet for whoever has this telephone; a customer who is new is made, without a plan.

    Raises:
        WalletInvalid: not a telephone number, or a name that cannot be.
        WalletTaken: the customer has one.
    """
    number = _telephone(phone)
    try:
        with transaction.atomic():
            known = subscriber_by_phone(number)
            return _opened(_new_customer(name, number) if known is None else known.pk)
    except IntegrityError:
        raise _taken() from None
    except SubscriberInvalid as error:
        # Somebody makes the same customer, and the wallet, at this moment.
        raise _taken() if error.field == "username" else error from None


def top_up(
    wallet: Wallet, amount_micro: int, *, source: int, channel: str, key: str, reason: str = ""
) -> TopUp:
    """Money into a wallet: what the customer owes is paid first; the same key, the same answer.

    Args:
        source: the account that the money came into: a till's, a provider's.
        channel: how it came: "cash", "mpesa".

    Raises:
        AmountInvalid: not whole units above 0.
        KeyConflict: the key names another transfer.
    """
    check_amount(amount_micro)
    with transaction.atomic():
        done = settle(
            f"topup.{channel}",
            source=source,
            owed=wallet.receivable_id,
            rest=wallet.account_id,
            amount_micro=amount_micro,
            key=key,
            reason=reason,
        )
        after = balance_as_of(account=wallet.account_id, transfer=done.transfer)
        paid = done.amounts.get(wallet.receivable_id, 0)
        made = TopUp(done.transfer, amount_micro, paid, after)
        if not done.replayed:
            _tell(wallet, made, channel)
    return made


def _taken() -> WalletTaken:
    return WalletTaken("This customer has a wallet already.", field="phone")


def _telephone(phone: str) -> str:
    try:
        number = phones.normalised(phone)
    except ValueError as error:
        raise WalletInvalid(str(error), field="phone") from None
    if not number:
        raise WalletInvalid(phones.RULE, field="phone")
    return number


def _new_customer(name: str, phone: str) -> int:
    # Its password is for the router login, which a plan opens; staff can set another one.
    password = secrets.token_urlsafe(9)
    username = phone.removeprefix("+")
    made = subscriber_create(
        username=username, password=password, plan=None, name=name, phone=phone
    )
    return made.pk


def _free_account_no() -> str:
    number = new_account_no()
    while Wallet.objects.filter(account_no=number).exists():
        number = new_account_no()
    return number


def _opened(subscriber: int) -> Wallet:
    public_id = new_public_id()
    wallet = Wallet.objects.create(
        public_id=public_id,
        account_no=_free_account_no(),
        subscriber_id=subscriber,
        account_id=account(Kind.WALLET, f"wallet:{public_id}"),
        receivable_id=account(Kind.RECEIVABLE, f"wallet:{public_id}"),
    )
    told = {
        "account_no": wallet.account_no,
        "subscriber": subscriber,
        "currency": wallet.currency,
    }
    announce("wallet.opened", public_id, new=told)
    return wallet


def _tell(wallet: Wallet, made: TopUp, channel: str) -> None:
    told = {
        "transfer": str(made.transfer),
        "subscriber": wallet.subscriber_id,
        "channel": channel,
        "amount_micro": made.amount_micro,
        "receivable_paid_micro": made.receivable_paid_micro,
        "balance_micro": made.balance_micro,
        "currency": wallet.currency,
    }
    announce("wallet.topped_up", wallet.public_id, new=told)
