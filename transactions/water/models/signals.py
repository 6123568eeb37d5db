"""What is wrong with kiosks, and how far their records were looked at for it."""

from typing import Any

from django.db import models
from django.db.models import Q

from transactions.water.signals.rules import Signal


class KioskSignal(models.Model):
    """One episode: it begins once and ends once, however many records say the same.

    Attributes:
        about: the tag's id or the day, where there may be several at a time; else empty.
        seen_at: when it was seen last. over_at: when it ended; None: it has not.
        detail: figures for people: litres, records, tag, day.
    """

    kiosk = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="signals")
    signal = models.CharField(max_length=20, choices=[(str(s), str(s)) for s in Signal])
    about = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["kiosk", "signal", "about"],
                condition=Q(over_at=None),
                name="water_signal_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.signal}"


class KioskWatch(models.Model):
    """How far one kiosk's records were counted and looked at.

    Attributes:
        counted_to: all that had come by then is in its days.
        epoch, seq: the last record that was looked at for signals.
        gap_since: records have been missing since then.
    """

    kiosk: Any = models.OneToOneField(
        "water.Kiosk", on_delete=models.PROTECT, primary_key=True, related_name="watch"
    )
    counted_to = models.DateTimeField()
    epoch = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    gap_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kiosk",)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.counted_to}"
