"""Kiosks: where they stand, what they are known by, and how far their records have come."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

from .names import printable

KEY_ID, NONCE = 16, 64
# Nobody draws more at once; a record of more is looked at by a person.
MAX_ML = 1_000_000


class KioskState(models.TextChoices):
    """blocked: it is not spoken to until somebody looked; retired: it is gone."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    RETIRED = "retired"


class Kiosk(models.Model):
    """A machine that sells water.

    Attributes:
        tariff: never another one: a record names a version of it, perhaps weeks later.
        max_ml: what one dispense can be at most; more is impossible.
        config_version: counts what the device must be told of itself.
        last_seen_at: of the last request that it signed. health: as it said then.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    name = models.CharField(max_length=80, unique=True, validators=[printable])
    site: Any = models.ForeignKey("access.Site", on_delete=models.PROTECT, related_name="+")
    tariff = models.ForeignKey("water.Tariff", on_delete=models.PROTECT, related_name="kiosks")
    state = models.CharField(max_length=7, choices=KioskState.choices, default=KioskState.ACTIVE)
    max_ml = models.BigIntegerField(default=MAX_ML)
    config_version = models.PositiveIntegerField(default=1)
    firmware = models.CharField(max_length=40, blank=True)
    health = models.JSONField(default=dict)
    health_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=KioskState.values), name="water_kiosk_state"
            ),
        )

    def __str__(self) -> str:
        return self.name


class KioskKey(models.Model):
    """A key that a kiosk signs with; at most two are live, so that it can be given another.

    Attributes:
        sealed: the key, encrypted: signatures are made with it, so a hash is not enough.
        revoked_at: it is dead since then.
    """

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=KEY_ID)
    sealed = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kiosk", "id")
        constraints = (models.UniqueConstraint(fields=["kiosk", "key_id"], name="water_kiosk_key"),)

    def __str__(self) -> str:
        return self.key_id


class KioskNonce(models.Model):
    """A nonce that a good signature has spent: the row is what makes a replay impossible."""

    pk = models.CompositePrimaryKey("kiosk_id", "nonce")
    kiosk = models.ForeignKey(
        Kiosk, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    nonce = models.CharField(max_length=NONCE)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return self.nonce


class KioskEpoch(models.Model):
    """How far a kiosk's records have come in one epoch.

    Attributes:
        ack_through: none is missing up to it, itself included. max_seq: the highest that came.
    """

    pk = models.CompositePrimaryKey("kiosk_id", "epoch")
    kiosk = models.ForeignKey(
        Kiosk, on_delete=models.PROTECT, related_name="epochs", db_index=False
    )
    epoch = models.BigIntegerField()
    ack_through = models.BigIntegerField(default=0)
    max_seq = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("kiosk", "epoch")

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.epoch}"


class Tap(models.Model):
    """What measures a kiosk's water."""

    kiosk = models.OneToOneField(Kiosk, on_delete=models.PROTECT, related_name="tap")
    pulses_per_litre = models.PositiveIntegerField()
    calibrated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kiosk",)

    def __str__(self) -> str:
        return f"{self.pulses_per_litre} pulses/L"


class Calibration(models.Model):
    """A tap was measured against a vessel; written once (grants).

    Attributes:
        by: who did it, as it was called then. measured_ml: in the vessel; pulses: of the meter.
    """

    tap = models.ForeignKey(Tap, on_delete=models.PROTECT, related_name="calibrations")
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=254)
    measured_ml = models.BigIntegerField()
    pulses = models.BigIntegerField()
    old_pulses_per_litre = models.PositiveIntegerField()
    new_pulses_per_litre = models.PositiveIntegerField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.tap_id} {self.at:%Y-%m-%d}"
