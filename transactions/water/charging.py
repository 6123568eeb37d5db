"""What a dispense moves in the books: from a hold or a lease first, the rest is owed or ours.

                    captured            the excess
    hold, open      min(cost, hold)     overrun: we let more run than was set aside
    lease, open     min(cost, rest)     receivable
    ended           0                   receivable: all of it

The wallet is never below zero; the next top-up pays what is owed first (`ledger.services.settle`).
"""

from dataclasses import dataclass
from typing import Any

from transactions.ledger import holds
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account, HoldKind, HoldState
from transactions.ledger.services import AboveLimit, HoldResolved, account, post


@dataclass(frozen=True, slots=True)
class Charge:
    """How a cost was met, in micro-units.

    Attributes:
        transfer: what took `captured`; None: nothing was taken.
        balance: of the wallet, right after it.
    """

    captured: int
    receivable: int
    overrun: int
    transfer: int | None
    balance: int


class Till:
    """Charges the dispenses of one batch; knows the accounts that all of them share."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._accounts: dict[Kind, int] = {}

    def charge(self, hold: Any, wallet: Any, cost: int, key: str, what: str) -> Charge:
        """Meet a cost from a hold or lease of this wallet.

        Args:
            key: names the record: its transfers' keys begin with it.
            what: stands in the customer's statement: "20 L at Mlango".
        """
        captured, transfer, balance, is_open = self._captured(hold, cost, key, what)
        excess = cost - captured
        overrun = excess if is_open and hold.kind == HoldKind.HOLD else 0
        owed = excess - overrun
        if overrun:
            self._move("overrun", self._of(Kind.OVERRUN), overrun, key, what)
        if owed:
            self._move("receivable", wallet.receivable_id, owed, key, what)
        if balance is None:
            balance = balance_of(wallet)
        return Charge(captured, owed, overrun, transfer, balance)

    def _captured(
        self, hold: Any, cost: int, key: str, what: str
    ) -> tuple[int, int | None, int | None, bool]:
        """What was taken, by which transfer, the balance after it, and whether it was open."""
        keep = hold.kind == HoldKind.LEASE
        amount = min(cost, hold.rest)
        if hold.state != HoldState.OPEN:
            return 0, None, None, False
        if not amount:
            return 0, None, None, keep or holds.release(hold.pk)
        to = [(self._of(Kind.REVENUE_WATER), amount)]
        kind = f"dispense.{hold.kind}"
        try:
            done = holds.capture(hold.pk, amount, to=to, key=key, keep=keep, kind=kind, reason=what)
        except (HoldResolved, AboveLimit):
            return 0, None, None, False
        hold.captured += amount
        hold.state = hold.state if keep else HoldState.CAPTURED
        return amount, done.transfer, done.balances[hold.account_id], True

    def _move(self, kind: str, source: int, amount: int, key: str, what: str) -> None:
        entries = [(source, -amount), (self._of(Kind.REVENUE_WATER), amount)]
        post(f"dispense.{kind}", entries, key=f"{key}:{kind}", reason=what)

    def _of(self, kind: Kind) -> int:
        if kind not in self._accounts:
            self._accounts[kind] = account(kind, currency=self._currency)
        return self._accounts[kind]


def balance_of(wallet: Any) -> int:
    """What is in a wallet now."""
    return int(Account.objects.values_list("posted", flat=True).get(pk=wallet.account_id))
