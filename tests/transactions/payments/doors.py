"""Money that comes by any door: real bodies, read as the product reads them."""

import json
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.transactions.books import fresh
from transactions.payments import services
from transactions.payments.gateways.mpesa import bodies, callbacks, simulator
from transactions.payments.gateways.provider import Accepted, Arrival, Door, Outcome
from transactions.payments.models import InboxOutcome, Payment, Receipt
from transactions.payments.services import arrival_take
from transactions.payments.services.receipts import Typing
from transactions.wallets.models import Wallet
from transactions.wallets.services import wallet_open

UNIT = 1_000_000
SHORTCODE = "600638"
PHONE = "+254708374149"
DOORS = ("stk", "c2b", "status", "pull", "typed")


def new_wallet(phone: str = PHONE) -> Wallet:
    return wallet_open(name="Amina", phone=phone)


def posted(wallet: Wallet) -> int:
    """What is in the wallet, in whole units."""
    return Wallet.objects.get(pk=wallet.pk).account.posted // UNIT


def asked(wallet: Wallet, amount: int = 100, phone: str = PHONE) -> Payment:
    """A payment whose payer has the prompt."""
    payment = services.payment_create(
        payment=Payment(
            wallet=wallet,
            provider="mpesa",
            amount_micro=amount * UNIT,
            currency="KES",
            phone=phone,
        )
    )
    services.payment_sending(payment=payment.pk)
    accepted = Accepted(fresh("ws_CO"), fresh("merchant"))
    services.payment_sent(payment=payment.pk, accepted=accepted)
    payment.refresh_from_db()
    return payment


@dataclass
class Money:
    """One movement of money at the provider, and who may tell of it.

    Attributes:
        payment: that it pays; None: the payer came by themselves.
    """

    wallet: Wallet
    amount: int = 100
    payment: Payment | None = None
    phone: str = PHONE
    account: str = ""
    receipt: str = field(default_factory=simulator.new_receipt)

    @cached_property
    def doors(self) -> tuple[str, ...]:
        return DOORS if self.payment else ("c2b", "pull", "typed")

    def by(self, door: str) -> Any:
        """The money comes by this door; returns the outcome."""
        return getattr(self, f"_{door}")()

    def _stk(self) -> InboxOutcome:
        assert self.payment is not None
        ids = {
            "MerchantRequestID": self.payment.merchant_request_id or "",
            "CheckoutRequestID": self.payment.checkout_id or "",
        }
        body = bodies.stk_success(ids, self.receipt, str(self.amount), self.phone.lstrip("+"))
        return self._taken(callbacks.stk(body), Door.STK)

    def _c2b(self) -> InboxOutcome:
        body = bodies.confirmation(
            self.receipt, SHORTCODE, self.phone.lstrip("+"), str(self.amount), self._account()
        )
        return self._taken(callbacks.c2b(body), Door.C2B)

    def _pull(self) -> InboxOutcome:
        row = bodies.pulled_row(
            self.receipt, self.phone.lstrip("+"), str(self.amount), self._account()
        )
        return self._taken(callbacks.pulled(row), Door.PULL)

    def _status(self) -> InboxOutcome:
        assert self.payment is not None
        arrival = Arrival(Outcome.PAID, checkout_id=self.payment.checkout_id or "", code="0")
        return self._taken(arrival, Door.STATUS)

    def _typed(self, trusted: bool = True) -> Typing:
        row = Receipt(
            provider="mpesa",
            receipt=self.receipt,
            wallet=self.wallet,
            amount_micro=self.amount * UNIT,
            currency="KES",
        )
        return services.receipt_type(row=row, trusted=trusted, by=None).typing

    def _claimed(self) -> Typing:
        return self._typed(trusted=False)

    def _account(self) -> str:
        return self.account or self.wallet.account_no

    def _taken(self, arrival: Arrival, door: Door) -> InboxOutcome:
        return arrival_take(provider="mpesa", arrival=arrival, door=door).outcome


def stk_body(payment: Payment, receipt: str, amount: int, phone: str = PHONE) -> bytes:
    """The callback of a paid prompt, as octets."""
    ids = {
        "MerchantRequestID": payment.merchant_request_id or "",
        "CheckoutRequestID": payment.checkout_id or "",
    }
    body = bodies.stk_success(ids, receipt, str(amount), phone.lstrip("+"))
    return json.dumps(body).encode()


def new_phone() -> str:
    return f"+2547{secrets.randbelow(10**8):08d}"
