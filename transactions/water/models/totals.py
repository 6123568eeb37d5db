"""What kiosks' records come to, counted anew from them whenever some came: never added up."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from transactions.water.reconciliation import is_in_doubt


class KioskDay(models.Model):
    """One kiosk's business day. Outlives its records, which are archived.

    Attributes:
        site: where it stood when the day was counted first.
        change_ml: of the totalizer; sold + test + free + what is unexplained.
        income_micro: captured and receivable. overrun_micro: given above a hold, ours.
        gaps: [epoch, first, last] of what did not come before a record of this day.
        counted_at: when it was counted last.
    """

    kiosk: Any = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="days")
    site: Any = models.ForeignKey(
        "access.Site", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    change_ml = models.BigIntegerField()
    sold_ml = models.BigIntegerField()
    test_ml = models.BigIntegerField()
    free_ml = models.BigIntegerField()
    income_micro = models.BigIntegerField()
    overrun_micro = models.BigIntegerField()
    completed = models.PositiveIntegerField()
    partial = models.PositiveIntegerField()
    aborted = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()
    gaps = models.JSONField(default=list)
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-day", "-id")
        constraints = (models.UniqueConstraint(fields=["kiosk", "day"], name="water_day_once"),)
        indexes = (
            models.Index(fields=["day"], name="water_day_day"),
            models.Index(fields=["site", "day"], name="water_day_site"),
        )

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.day}"

    @property
    def unexplained_ml(self) -> int:
        return self.change_ml - self.sold_ml - self.test_ml - self.free_ml

    @property
    def in_doubt(self) -> bool:
        """Whether more is unexplained than meters are inexact."""
        return is_in_doubt(self.change_ml, self.unexplained_ml)

    @property
    def missing(self) -> int:
        """How many records did not come."""
        return sum(last - first + 1 for _, first, last in self.gaps)


class KioskHour(models.Model):
    """What a kiosk sold in an hour of its business day, on the site's clock."""

    kiosk: Any = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    sold_ml = models.BigIntegerField()
    income_micro = models.BigIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ("day", "hour", "kiosk")
        constraints = (
            models.UniqueConstraint(fields=["kiosk", "day", "hour"], name="water_hour_once"),
            models.CheckConstraint(condition=Q(hour__lt=24), name="water_hour_of_day"),
        )
        indexes = (models.Index(fields=["day"], name="water_hour_day"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.day} {self.hour}"


class TagDay(models.Model):
    """What a tag drew at a kiosk on a business day."""

    kiosk: Any = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="+")
    tag: Any = models.ForeignKey("water.Tag", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    ml = models.BigIntegerField()
    income_micro = models.BigIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(fields=["tag", "day", "kiosk"], name="water_tagday_once"),
        )
        indexes = (models.Index(fields=["kiosk", "day"], name="water_tagday_kiosk"),)

    def __str__(self) -> str:
        return f"{self.tag_id} {self.day}"
