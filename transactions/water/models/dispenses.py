"""What kiosks ask and report: permissions to dispense, claims of records, dispenses, refunds."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

AUTHORISED, DECLINED = "authorised", "declined"
KEY = 100


class DispenseState(models.TextChoices):
    """How a dispense ended; `refunded` is said of one whose refunds reach what was captured."""

    COMPLETED = "completed"
    PARTIAL = "partial"
    ABORTED = "aborted"
    QUARANTINED = "quarantined"


class Mode(models.TextChoices):
    """What let the water run: money set aside, a lease, a code, or a member of staff."""

    HOLD = "hold"
    LEASE = "lease"
    CODE = "code"
    STAFF = "staff"


class Authorisation(models.Model):
    """One question of a kiosk whether it may dispense, and the answer as it was sent.

    Attributes:
        body_sha256: of the question. answer: JSON. reason: why it was declined.
    """

    pk = models.CompositePrimaryKey("kiosk_id", "key")
    kiosk = models.ForeignKey(
        "water.Kiosk", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(max_length=KEY)
    body_sha256 = models.BinaryField(max_length=32)
    status = models.CharField(max_length=10, db_default="")
    reason = models.CharField(max_length=20, db_default="")
    answer = models.TextField(db_default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.key


class DispenseClaim(models.Model):
    """The row that makes one record be booked once, whatever day it comes again (unpartitioned).

    Attributes:
        body_sha256: of the record as canonical JSON. answer: its item of `results`, as sent.
        up_ms, trusted_at: what the device's clocks said, where its time of day is trusted: with
            it neighbours of the same epoch are dated that knew no time.
    """

    pk = models.CompositePrimaryKey("kiosk_id", "epoch", "seq")
    kiosk = models.ForeignKey(
        "water.Kiosk", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    body_sha256 = models.BinaryField(max_length=32)
    answer = models.TextField()
    up_ms = models.BigIntegerField(null=True)
    trusted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kiosk", "epoch", "seq")
        indexes = (
            models.Index(
                fields=["kiosk", "epoch", "seq"],
                condition=Q(trusted_at__isnull=False),
                name="water_claim_trusted",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.epoch}.{self.seq}"


class RecordConflict(models.Model):
    """A record with the number of another one: kept for a person, never booked; the first of them.

    Attributes:
        body: as it came, in JSON, without the tag's number; cut off where it is long.
    """

    kiosk = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="conflicts")
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    body_sha256 = models.BinaryField(max_length=32)
    body = models.TextField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["kiosk", "epoch", "seq"], name="water_conflict_once"),
        )

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.epoch}.{self.seq}"


class WaterTransaction(models.Model):
    """water_transactions, in daily partitions by `received_on`; written once (grants).

    Attributes:
        received_on: the server's UTC day of `received_at`: never look one up without it.
        site: the kiosk's when it came. ledger_hold: the number of the hold or lease.
        transfer: what took `captured_micro`; null: nothing was taken.
        cost_micro: captured + receivable + overrun. overrun: given by us, above the hold.
        device_time: as the kiosk said; happened_at: when it was, as well as we know.
        flag_words: words apart by spaces. note: why it is quarantined, or the record itself.
    """

    id = models.BigAutoField(primary_key=True)
    received_on = models.DateField()
    received_at = models.DateTimeField()
    kiosk: Any = models.ForeignKey(
        "water.Kiosk", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    site: Any = models.ForeignKey(
        "access.Site", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=DispenseState.choices)
    mode = models.CharField(max_length=5, choices=Mode.choices, blank=True)
    tag: Any = models.ForeignKey(
        "water.Tag", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    wallet: Any = models.ForeignKey(
        "wallets.Wallet",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    ledger_hold = models.BigIntegerField(null=True)
    transfer = models.BigIntegerField(null=True)
    pulses = models.BigIntegerField(default=0)
    ml = models.BigIntegerField(default=0)
    totalizer_ml = models.BigIntegerField(null=True)
    dur_ms = models.BigIntegerField(default=0)
    stop = models.CharField(max_length=7, blank=True)
    tariff_v = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    cost_micro = models.BigIntegerField(default=0)
    captured_micro = models.BigIntegerField(default=0)
    receivable_micro = models.BigIntegerField(default=0)
    overrun_micro = models.BigIntegerField(default=0)
    clk = models.CharField(max_length=8, blank=True)
    up_ms = models.BigIntegerField(null=True)
    device_time = models.DateTimeField(null=True)
    happened_at = models.DateTimeField()
    business_day = models.DateField()
    flag_words = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        managed = False
        db_table = "water_transactions"
        ordering = ("-received_at", "-id")

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.epoch}.{self.seq}"

    @property
    def flags(self) -> list[str]:
        return self.flag_words.split()


class WaterRefund(models.Model):
    """Money of a dispense that was given back: a transfer that reverses a part of its own.

    Attributes:
        received_on, transaction: the dispense's day and number; its partition may be archived.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    received_on = models.DateField()
    transaction = models.BigIntegerField()
    kiosk: Any = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="+")
    wallet: Any = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    amount_micro = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=254)
    transfer: Any = models.OneToOneField(
        "ledger.Transfer", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "water_refund"
        ordering = ("-id",)
        indexes = (models.Index(fields=["received_on", "transaction"], name="water_refund_of"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="water_refund_amount"),
        )

    def __str__(self) -> str:
        return f"{self.transaction} {self.amount_micro}"
