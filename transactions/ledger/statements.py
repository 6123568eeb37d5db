"""A statement: what an account had, what came and went, what it has, over a time."""

from dataclasses import dataclass
from datetime import datetime

from wificore.kernel.api.errors import DomainError

from .models import Account, Entry
from .selectors import balance

MAX_LINES = 5_000


class TooLong(DomainError):
    """More lines than anybody reads."""

    code = "statement_too_long"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `kind` and `reason` are its transfer's."""

    id: int
    transfer: int
    at: datetime
    kind: str
    reason: str
    amount_micro: int
    balance_micro: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines oldest first: opening + came in + went out = closing.

    Attributes:
        since, until: the last moment is not included.
        out_micro: below 0.
    """

    currency: str
    since: datetime
    until: datetime
    opening_micro: int
    in_micro: int
    out_micro: int
    closing_micro: int
    lines: list[Line]


def statement(*, account: int, since: datetime, until: datetime) -> Statement:
    """Of an account with a running balance.

    Raises:
        Account.DoesNotExist: there is none with this number.
        TooLong: narrow the time.
    """
    found = Account.objects.get(pk=account)
    rows = Entry.objects.filter(account=found, created_at__gte=since, created_at__lt=until)
    entries = list(rows.select_related("transfer").order_by("id")[: MAX_LINES + 1])
    if len(entries) > MAX_LINES:
        raise TooLong(f"More than {MAX_LINES} entries: ask for a shorter time.", field="since")
    opening = balance(account, at=since)
    came = sum(entry.amount for entry in entries if entry.amount > 0)
    went = sum(entry.amount for entry in entries if entry.amount < 0)
    lines = [_line(entry) for entry in entries]
    return Statement(
        found.currency, since, until, opening, came, went, opening + came + went, lines
    )


def _line(entry: Entry) -> Line:
    return Line(
        id=entry.pk,
        transfer=entry.transfer_id,
        at=entry.created_at,
        kind=entry.transfer.kind,
        reason=entry.transfer.reason,
        amount_micro=entry.amount,
        balance_micro=entry.balance_after or 0,
    )
