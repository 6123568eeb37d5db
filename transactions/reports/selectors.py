"""Reads: income, money received, floats, liability, fees, and the age of suspense."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Trunc
from django.utils import timezone

from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account, Entry
from transactions.ledger.suspense import waiting
from transactions.resellers.selectors import resellers

Row = dict[str, Any]
REVENUE = {Kind.REVENUE_WIFI: "wifi", Kind.REVENUE_WATER: "water"}
COSTS = (Kind.FEES, Kind.COMMISSION, Kind.OVERRUN, Kind.REFUNDS)
# How long money may wait for its owner: less than a day, three, a week, a month, longer.
AGES = (("day", 1), ("three_days", 3), ("week", 7), ("month", 30))
OLDER = "older"
# Moves of cash inside the house.
INTERNAL = ("shift.float", "shift.count")


def entries(since: datetime, until: datetime) -> QuerySet[Entry]:
    return Entry.objects.filter(created_at__gte=since, created_at__lt=until).order_by()


def income(since: datetime, until: datetime, *, by: str, zone: tzinfo) -> list[Row]:
    """What was earned: by hour or day, service and channel ("cash", "wallet", "float")."""
    rows = entries(since, until).filter(account__kind__in=list(REVENUE))
    return [
        {"at": at, "service": REVENUE[Kind(kind)], **_moved(row)}
        for (at, kind), row in _grouped(rows, by, zone)
    ]


def received(since: datetime, until: datetime, *, by: str, zone: tzinfo) -> list[Row]:
    """Money that came from customers and resellers, and was given back: by time and channel."""
    drawers = Q(account__kind=Kind.CASH, account__owner__startswith="shift:")
    rows = entries(since, until).filter(drawers | Q(account__kind=Kind.CLEARING))
    rows = rows.exclude(transfer__kind__in=INTERNAL)
    # What we have is negative in the books.
    return [{"at": at, **_moved(row, sign=-1)} for (at, _), row in _grouped(rows, by, zone)]


def costs(since: datetime, until: datetime) -> list[Row]:
    """Fees, commission, overrun and refunds: what each took, above 0."""
    rows = entries(since, until).filter(account__kind__in=COSTS)
    found = rows.values_list("account__kind", "account__owner").annotate(total=Sum("amount"))
    return [
        {"kind": kind, "owner": owner, "amount_micro": -total}
        for kind, owner, total in found.order_by("account__kind", "account__owner")
    ]


def floats() -> Row:
    """What resellers have left, and where cash is."""
    shops = [
        {
            "id": shop.public_id,
            "name": shop.name,
            "active": shop.active,
            "float_micro": shop.account.posted,
        }
        for shop in resellers().order_by("account__posted")
    ]
    cash = {
        "drawers_micro": -_posted(kind=Kind.CASH, owner__startswith="shift:"),
        "safe_micro": -_posted(kind=Kind.CASH, owner="safe"),
        "difference_micro": -_posted(kind=Kind.CASH, owner="difference"),
    }
    return {"resellers": shops, "total_micro": sum(s["float_micro"] for s in shops), "cash": cash}


def liability(at: datetime) -> Row:
    """What the organisation owed at a moment, and was owed, in micro-units."""
    kinds = (Kind.WALLET, Kind.FLOAT, Kind.SUSPENSE, Kind.RECEIVABLE)
    rows = Entry.objects.filter(created_at__lt=at, account__kind__in=kinds).order_by()
    sums = dict(rows.values_list("account__kind").annotate(total=Sum("amount")))
    owed = {f"{kind}_micro": int(sums.get(kind, 0)) for kind in kinds[:3]}
    return {
        **owed,
        "total_micro": sum(owed.values()),
        "receivable_micro": -int(sums.get(Kind.RECEIVABLE, 0)),
    }


def suspense(now: datetime | None = None) -> Row:
    """What waits for its owner: in the books, and by age as far as apps tell when it came."""
    moment = now or timezone.now()
    buckets = {name: {"number": 0, "amount_micro": 0} for name in (*(n for n, _ in AGES), OLDER)}
    for came, amount in waiting():
        bucket = buckets[_age(moment - came)]
        bucket["number"] += 1
        bucket["amount_micro"] += amount
    total = Entry.objects.filter(account__kind=Kind.SUSPENSE).aggregate(sum=Sum("amount"))["sum"]
    return {"total_micro": int(total or 0), "ages": buckets}


def _age(waited: timedelta) -> str:
    return next((name for name, days in AGES if waited < timedelta(days=days)), OLDER)


def _posted(**which: Any) -> int:
    return int(Account.objects.filter(**which).aggregate(sum=Sum("posted"))["sum"] or 0)


def _grouped(
    rows: QuerySet[Entry], by: str, zone: tzinfo
) -> Iterator[tuple[tuple[datetime, str], Row]]:
    """((time, kind of account), channel, sum and number), in order of time and channel."""
    timed = rows.annotate(at=Trunc("created_at", by, tzinfo=zone))
    grouped = timed.values("at", "account__kind", "transfer__kind")
    summed = grouped.annotate(total=Sum("amount"), number=Count("*"))
    for row in summed.order_by("at", "account__kind", "transfer__kind"):
        yield (row["at"], row["account__kind"]), dict(row)


def _moved(row: Row, *, sign: int = 1) -> Row:
    what, _, channel = row["transfer__kind"].partition(".")
    return {
        "what": what,
        "channel": channel or what,
        "amount_micro": sign * row["total"],
        "number": row["number"],
    }
