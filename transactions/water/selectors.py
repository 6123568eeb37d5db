"""Reads of water."""

from datetime import datetime

from django.db.models import BigIntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from wificore.access.decide import Record, Subject, in_scope
from wificore.access.records import NoSuchRecord
from wificore.kernel.day_ids import look_up
from wificore.kernel.public_ids import is_public_id

from .acks import acks, missing
from .models import Kiosk, KioskSignal, Lease, Tag, Tariff, WaterRefund, WaterTransaction

__all__ = [
    "acks",
    "by_public_id",
    "kiosk_record",
    "kiosks",
    "kiosks_at",
    "leases",
    "leases_open",
    "missing",
    "refunded",
    "refunds_of",
    "signals_open",
    "tags",
    "tariffs",
    "transaction_by_id",
    "transaction_seen",
    "transactions",
]


def kiosks() -> QuerySet[Kiosk]:
    return Kiosk.objects.select_related("site", "tariff", "tap")


def signals_open() -> Prefetch[str, QuerySet[KioskSignal], str]:
    """With kiosks: of their signals those that are so now."""
    return Prefetch("signals", queryset=KioskSignal.objects.filter(over_at=None))


def by_public_id(id: str) -> Kiosk | None:  # noqa: A002  # the API's word
    """A kiosk by its id."""
    return kiosks().filter(public_id=id).first() if is_public_id(id) else None


def kiosks_at(site: int) -> bool:
    return Kiosk.objects.filter(site=site).exists()


def kiosk_record(number: int) -> Record:
    """A kiosk as rights decide about it; raises NoSuchRecord."""
    site = Kiosk.objects.filter(pk=number).values_list("site_id", flat=True).first()
    if site is None:
        raise NoSuchRecord(f"kiosk:{number}")
    return Record(site=site)


def tariffs() -> QuerySet[Tariff]:
    return Tariff.objects.prefetch_related("versions")


def tags() -> QuerySet[Tag]:
    return Tag.objects.select_related("wallet__subscriber")


def leases() -> QuerySet[Lease]:
    return Lease.objects.select_related("hold", "kiosk", "wallet__account")


def leases_open(kiosk: Kiosk) -> QuerySet[Lease]:
    """What a kiosk may spend while it is offline, the oldest first."""
    return leases().filter(kiosk=kiosk, hold__state="open").order_by("pk")


def transactions(since: datetime, until: datetime) -> QuerySet[WaterTransaction]:
    """Records that came in a time, each with `refunded_micro`."""
    days = (since.date(), until.date())
    return _with_refunds().filter(
        received_on__range=days, received_at__gte=since, received_at__lt=until
    )


def transaction_by_id(id: str) -> WaterTransaction:  # noqa: A002  # the API's word
    """One of them; raises WaterTransaction.DoesNotExist."""

    def rows(start: datetime, _end: datetime, number: int) -> QuerySet[WaterTransaction]:
        return _with_refunds().filter(received_on=start.date(), pk=number)

    return look_up(WaterTransaction, id, rows)


def transaction_seen(id: str, subject: Subject) -> WaterTransaction | None:  # noqa: A002  # the same
    """One at a site that the subject sees; None: there is none."""
    try:
        found = transaction_by_id(id)
    except WaterTransaction.DoesNotExist:
        return None
    return found if in_scope(subject, found.site_id) else None


def refunds_of(dispense: WaterTransaction) -> QuerySet[WaterRefund]:
    """Of one, newest first."""
    return WaterRefund.objects.filter(received_on=dispense.received_on, transaction=dispense.pk)


def refunded(dispense: WaterTransaction) -> int:
    """What was given back of one, in micro-units."""
    return int(refunds_of(dispense).aggregate(sum=Sum("amount_micro"))["sum"] or 0)


def _with_refunds() -> QuerySet[WaterTransaction]:
    given = (
        WaterRefund.objects.filter(received_on=OuterRef("received_on"), transaction=OuterRef("pk"))
        .order_by()
        .values("transaction")
        .annotate(sum=Sum("amount_micro"))
        .values("sum")
    )
    sums = Coalesce(Subquery(given, output_field=BigIntegerField()), Value(0))
    rows = WaterTransaction.objects.annotate(refunded_micro=sums)
    return rows.select_related("kiosk", "wallet", "tag")
