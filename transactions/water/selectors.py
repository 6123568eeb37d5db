"""Reads of water."""

from django.db.models import QuerySet

from wificore.access.decide import Record
from wificore.access.records import NoSuchRecord

from .models import Kiosk


def kiosks() -> QuerySet[Kiosk]:
    return Kiosk.objects.select_related("site", "tariff", "tap")


def kiosks_at(site: int) -> bool:
    return Kiosk.objects.filter(site=site).exists()


def kiosk_record(number: int) -> Record:
    """A kiosk as rights decide about it."""
    site = Kiosk.objects.filter(pk=number).values_list("site_id", flat=True).first()
    if site is None:
        raise NoSuchRecord(f"kiosk:{number}")
    return Record(site=site)
