"""What one writes at first: each door looks whether the payment is paid, and credits.

The test that the product must pass, this must fail.
"""

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from tests.transactions.payments.doors import Money, asked, new_phone, new_wallet, posted


class Book(Protocol):
    """Where one payment of 100 is told of by doors."""

    def tell(self, door: str) -> None: ...
    def credited(self) -> int: ...


class Ours:
    """The product, with a wallet of its own in the active tenant."""

    def __init__(self) -> None:
        phone = new_phone()
        self._wallet = new_wallet(phone)
        payment = asked(self._wallet, phone=phone)
        self._money = Money(self._wallet, payment=payment, phone=phone)

    def tell(self, door: str) -> None:
        self._money.by(door)

    def credited(self) -> int:
        return posted(self._wallet)


@dataclass
class Naive:
    """A state for the payment, and a set of receipts so that a confirmation counts once."""

    balance: int = 0
    paid: bool = False
    receipts: set[str] = field(default_factory=set)
    receipt: str = field(default_factory=lambda: secrets.token_hex(5))

    def tell(self, door: str) -> None:
        by_payment = door in ("stk", "status")
        if self.paid if by_payment else self.receipt in self.receipts:
            return
        self.balance += 100
        if by_payment:
            self.paid = True
        if door != "status":
            self.receipts.add(self.receipt)

    def credited(self) -> int:
        return self.balance
