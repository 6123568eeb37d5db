"""What dispenses move in the books: from a hold or a lease first, the rest is owed or ours.

                    captured            the excess
    hold, open      min(cost, hold)     overrun: we let more run than was set aside
    lease, open     min(cost, rest)     receivable
    ended           0                   receivable: all of it

The wallet is never below zero; the next top-up pays what is owed first (`ledger.services.settle`).
A batch is captured in one statement. Should a hold have ended meanwhile, which is rare, nothing of
that was done, and each is captured by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transactions.ledger import holds
from transactions.ledger.door import Posted
from transactions.ledger.holds import Take
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account, HoldKind, HoldState
from transactions.ledger.services import AboveLimit, HoldResolved, account, post

RESOLVED = (HoldResolved, AboveLimit)


@dataclass(frozen=True, slots=True)
class Due:
    """What one record costs, and from where it is met.

    Attributes:
        hold: the hold or lease, as it is known; kept up while the batch is planned.
        key: names the record: its transfers' keys begin with it.
        what: stands in the customer's statement: "20 L at Mlango".
    """

    hold: Any
    wallet: Any
    cost: int
    key: str
    what: str


@dataclass(frozen=True, slots=True)
class Charge:
    """How a cost was met, in micro-units.

    Attributes:
        transfer: what took `captured`; None: nothing was taken.
        balance: of the wallet, after it.
    """

    captured: int
    receivable: int
    overrun: int
    transfer: int | None
    balance: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be taken of a hold; `is_open`: it has not ended before this record."""

    amount: int
    is_open: bool


def charge(dues: Sequence[Due], currency: str) -> list[Charge]:
    """Meet all costs, in their order; one charge for each."""
    revenue = account(Kind.REVENUE_WATER, currency=currency)
    plans = [_planned(due) for due in dues]
    takes = [_take(due, plan.amount, revenue) for due, plan in zip(dues, plans, strict=True)]
    try:
        done = iter(holds.capture_many([take for take in takes if take.amount]))
        taken = [next(done) if plan.amount else None for plan in plans]
    except RESOLVED:
        plans, taken = _one_by_one(dues, revenue)
    ends = zip(dues, plans, taken, strict=True)
    return [_settled(due, plan, posted, revenue, currency) for due, plan, posted in ends]


def _planned(due: Due) -> Plan:
    hold = due.hold
    if hold.state != HoldState.OPEN:
        return Plan(0, is_open=False)
    amount = min(due.cost, hold.rest)
    hold.captured += amount
    if hold.kind == HoldKind.HOLD:
        hold.state = HoldState.CAPTURED if amount else HoldState.RELEASED
    return Plan(amount, is_open=True)


def _take(due: Due, amount: int, revenue: int) -> Take:
    keep = due.hold.kind == HoldKind.LEASE
    kind = f"dispense.{due.hold.kind}"
    return Take(due.hold.pk, amount, revenue, due.key, keep, kind, due.what)


def _one_by_one(dues: Sequence[Due], revenue: int) -> tuple[list[Plan], list[Posted | None]]:
    """The same as the holds really are."""
    plans: list[Plan] = []
    taken: list[Posted | None] = []
    for due in dues:
        due.hold.refresh_from_db()
        plan, posted = _planned(due), None
        try:
            if plan.amount:
                (posted,) = holds.capture_many([_take(due, plan.amount, revenue)])
        except RESOLVED:
            plan = Plan(0, is_open=False)
        plans.append(plan)
        taken.append(posted)
    return plans, taken


def _settled(due: Due, plan: Plan, posted: Posted | None, revenue: int, currency: str) -> Charge:
    """What is not captured: a hold let go, an overrun, a debt."""
    is_hold = due.hold.kind == HoldKind.HOLD
    if plan.is_open and is_hold and not plan.amount:
        holds.release(due.hold.pk)
    excess = due.cost - plan.amount
    overrun = excess if plan.is_open and is_hold else 0
    owed = excess - overrun
    if overrun:
        _move("overrun", account(Kind.OVERRUN, currency=currency), overrun, revenue, due)
    if owed:
        _move("receivable", due.wallet.receivable_id, owed, revenue, due)
    balance = balance_of(due.wallet) if posted is None else posted.balances[due.hold.account_id]
    transfer = None if posted is None else posted.transfer
    return Charge(plan.amount, owed, overrun, transfer, balance)


def _move(kind: str, source: int, amount: int, revenue: int, due: Due) -> None:
    entries = [(source, -amount), (revenue, amount)]
    post(f"dispense.{kind}", entries, key=f"{due.key}:{kind}", reason=due.what)


def balance_of(wallet: Any) -> int:
    """What is in a wallet now."""
    return int(Account.objects.values_list("posted", flat=True).get(pk=wallet.account_id))
