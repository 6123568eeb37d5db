"""What a provider of payments says and does, in words that no provider has of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Door(StrEnum):
    """By which way news of money came in."""

    STK = "stk"
    C2B = "c2b"
    WEBHOOK = "webhook"
    STATUS = "status"
    PULL = "pull"
    TYPED = "typed"
    COUNTER = "counter"


class Outcome(StrEnum):
    """How an asked payment ended, as far as the provider knows."""

    PAID = "paid"
    FAILED = "failed"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Order:
    """A request to pay.

    Attributes:
        reference: our own unique name of the payment.
        account_ref: what the payer sees, the wallet's account number; 12 characters at most.
        phone: E.164.
        email: for providers that ask for one.
        callback_base: where the provider tells us, up to and with the secret token; no slash at
            its end.
    """

    reference: str
    amount_micro: int
    currency: str
    account_ref: str
    phone: str = ""
    email: str = ""
    callback_base: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the order. That is not yet paid.

    Attributes:
        checkout_id: its name of the payment, by which it tells us more.
        url: where the payer goes on; empty: nowhere.
    """

    checkout_id: str
    merchant_request_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money arrived, or an asked payment ended.

    Attributes:
        outcome: PAID without a receipt is what a status query says.
        receipt: the provider's name of the movement of money; empty: it did not say.
        amount_micro: None: it did not say.
        checkout_id: of the payment that we asked for; empty: nobody asked.
        account_ref: what the payer typed, where one types.
        payer: the payer's number as given, perhaps masked: 2547****149.
        happened_at: by the provider's clock.
        code, text: the provider's own result.
        account: the provider's name of the receiving account (short code); empty: not said.
        fee_micro: what the provider kept of it; None: it did not say.
    """

    outcome: Outcome
    receipt: str = ""
    amount_micro: int | None = None
    currency: str = ""
    checkout_id: str = ""
    account_ref: str = ""
    payer: str = ""
    happened_at: datetime | None = None
    code: str = ""
    text: str = ""
    account: str = ""
    fee_micro: int | None = None


class NotAsked(Exception):
    """The order did not become a request to the payer; asking again is up to a person.

    Attributes:
        code: the provider's own, if it gave one.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Uncertain(Exception):
    """Nobody knows whether the request arrived."""


class Away(Exception):
    """The provider does not answer a question now; asking later is harmless."""


class Unreadable(ValueError):
    """These octets are not what the provider sends."""


class Unsigned(Exception):
    """The message does not carry the provider's signature."""


class Gateway(Protocol):
    """One provider with one tenant's account."""

    name: str
    currency: str

    def order(self, order: Order) -> Accepted:
        """Ask the payer; never tried twice.

        Raises:
            NotAsked, Uncertain.
        """

    def status(self, checkout_id: str) -> Arrival:
        """What became of it. Raises Away."""

    def pull(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        """All payments of the time. Raises Away."""


class Reader(Protocol):
    """How a provider's messages are understood; needs no account."""

    def read(self, door: Door, body: bytes) -> Arrival:
        """Raises Unreadable."""

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises Unsigned: it is not the provider's."""
