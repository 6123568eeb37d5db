"""Reads of water: from what was counted of each day, never from the records themselves."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from transactions.water.models import (
    DECLINED,
    Authorisation,
    Kiosk,
    KioskDay,
    KioskEpoch,
    KioskHour,
    RecordConflict,
    Tag,
    TagDay,
    WaterRefund,
)
from transactions.water.selectors import missing

Row = dict[str, Any]
Kiosks = QuerySet[Kiosk]
TOP = 50
# Longer lists of what is dormant are had as a file.
DORMANT = 1_000
DAY_FIGURES = ("change_ml", "sold_ml", "test_ml", "free_ml", "unexplained_ml")


def sales(kiosks: Kiosks, since: date, until: date, *, by: str) -> list[Row]:
    """Litres and income per kiosk and hour or day, oldest first; `until` is included."""
    rows = KioskHour.objects.filter(kiosk__in=kiosks, day__range=(since, until))
    keys = ("day", "hour") if by == "hour" else ("day",)
    grouped = rows.values(*keys, "kiosk").annotate(
        ml=Sum("sold_ml"), income=Sum("income_micro"), times=Sum("number")
    )
    named = _named(kiosks)
    return [
        {
            **{key: row[key] for key in keys},
            **named[row["kiosk"]],
            "sold_ml": row["ml"],
            "income_micro": row["income"],
            "number": row["times"],
        }
        for row in grouped.order_by(*keys, "kiosk__name")
    ]


def totalizers(kiosks: Kiosks, since: date, until: date) -> list[Row]:
    """What was sold, beside what the meter counted, per kiosk and day, newest first."""
    rows = KioskDay.objects.filter(kiosk__in=kiosks, day__range=(since, until))
    named = _named(kiosks)
    return [
        {
            "day": row.day,
            **named[row.kiosk_id],
            **{name: getattr(row, name) for name in DAY_FIGURES},
            "in_doubt": row.in_doubt,
            "missing": row.missing,
        }
        for row in rows.order_by("-day", "kiosk__name")
    ]


def tags_top(kiosks: Kiosks, since: date, until: date) -> list[Row]:
    """The tags that drew the most."""
    rows = TagDay.objects.filter(kiosk__in=kiosks, day__range=(since, until)).values("tag")
    found = rows.annotate(
        sum=Sum("ml"), income=Sum("income_micro"), times=Sum("number"), last=Max("day")
    )
    best = list(found.order_by("-sum", "tag")[:TOP])
    named = _tags([row["tag"] for row in best])
    return [
        {
            **named[row["tag"]],
            "ml": row["sum"],
            "income_micro": row["income"],
            "number": row["times"],
            "last_day": row["last"],
        }
        for row in best
    ]


def tags_dormant(kiosks: Kiosks, today: date, *, days: int) -> list[Row]:
    """Active tags that drew nothing for so many days, the longest first; None: never."""
    border = today - timedelta(days=days)
    # The newest entry of each tag's own index: not all that it ever drew.
    drew = TagDay.objects.filter(tag=OuterRef("pk"), kiosk__in=kiosks).order_by("-day")
    begun = Tag.objects.filter(state="active", created_at__date__lte=border)
    rows = begun.annotate(last=Subquery(drew.values("day")[:1]))
    asleep = rows.filter(Q(last=None) | Q(last__lte=border))
    found = dict(asleep.order_by("last", "pk").values_list("pk", "last")[:DORMANT])
    named = _tags(list(found))
    return [{**named[key], "last_day": last} for key, last in found.items()]


def failures(kiosks: Kiosks, since: date, until: date, zone: str) -> list[Row]:
    """What went wrong at each kiosk, and what was given back for it."""
    days = KioskDay.objects.filter(kiosk__in=kiosks, day__range=(since, until)).order_by()
    names = ("completed", "partial", "aborted", "quarantined", "overrun_micro")
    sums: Any = days.values("kiosk").annotate(**{f"sum_{name}": Sum(name) for name in names})
    found = {row["kiosk"]: {name: row[f"sum_{name}"] for name in names} for row in sums}
    span = _moments(since, until, zone)
    declined = _counted(Authorisation.objects.filter(status=DECLINED), kiosks, "created_at", span)
    conflicts = _counted(RecordConflict.objects.all(), kiosks, "received_at", span)
    refunds = _refunds(kiosks, span)
    none = dict.fromkeys(names, 0)
    return [
        {
            **named,
            **found.get(key, none),
            "declined": declined.get(key, 0),
            "conflicts": conflicts.get(key, 0),
            "refunds": refunds.get(key, (0, 0))[0],
            "refunded_micro": refunds.get(key, (0, 0))[1],
        }
        for key, named in _named(kiosks).items()
    ]


def gaps(kiosks: Kiosks) -> list[Row]:
    """Records that have not come by now, exactly."""
    behind = KioskEpoch.objects.filter(kiosk__in=kiosks, ack_through__lt=F("max_seq"))
    rows = kiosks.filter(pk__in=behind.values("kiosk"))
    named = _named(kiosks)
    return [
        {**named[kiosk.pk], "epoch": epoch, "from": first, "to": last, "records": last - first + 1}
        for kiosk in rows
        for epoch, first, last in missing(kiosk)
    ]


def _named(kiosks: Kiosks) -> dict[int, Row]:
    rows = kiosks.order_by("name").values_list("pk", "public_id", "name", "site_id")
    return {key: {"kiosk": public, "name": name, "site": site} for key, public, name, site in rows}


def _tags(keys: list[int]) -> dict[int, Row]:
    rows = Tag.objects.filter(pk__in=keys).select_related("wallet__subscriber")
    return {
        tag.pk: {
            "tag": tag.public_id,
            "label": tag.label,
            "wallet": tag.wallet.public_id,
            "account_no": tag.wallet.account_no,
            "customer": tag.wallet.subscriber.name,
        }
        for tag in rows
    }


def _moments(since: date, until: date, zone: str) -> tuple[datetime, datetime]:
    here = ZoneInfo(zone)
    end = datetime.combine(until + timedelta(days=1), time(), here)
    return datetime.combine(since, time(), here), end


def _counted(
    rows: QuerySet[Any], kiosks: Kiosks, field: str, span: tuple[datetime, datetime]
) -> dict[int, int]:
    mine = rows.filter(
        **{"kiosk__in": kiosks, f"{field}__gte": span[0], f"{field}__lt": span[1]}
    ).order_by()
    return dict(mine.values_list("kiosk").annotate(number=Count("*")))


def _refunds(kiosks: Kiosks, span: tuple[datetime, datetime]) -> dict[int, tuple[int, int]]:
    rows = WaterRefund.objects.filter(
        kiosk__in=kiosks, created_at__gte=span[0], created_at__lt=span[1]
    ).order_by()
    found = rows.values_list("kiosk").annotate(number=Count("*"), sum=Sum("amount_micro"))
    return {kiosk: (number, total) for kiosk, number, total in found}
