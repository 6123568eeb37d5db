"""Batches of vouchers, and the vouchers."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH

from .codes import MAX_LENGTH, MAX_PREFIX, MIN_LENGTH

MAX_COUNT = 50_000
printable = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")


class State(models.TextChoices):
    """A voucher's life; EXPIRED is never stored: time makes it (`selectors.vouchers`)."""

    PRINTED = "printed"
    SOLD = "sold"
    ACTIVATED = "activated"
    EXPIRED = "expired"
    VOID = "void"


class Alphabet(models.TextChoices):
    MIXED = "mixed"
    DIGITS = "digits"


class VoucherBatch(models.Model):
    """Vouchers that were made together.

    Attributes:
        length: random characters after the prefix.
        validity_s, price_micro, currency: the plan's when the batch was made: it is on the paper.
        expires_at: until when one can be begun; what has begun runs its whole time.
        free: given away: its vouchers work without a sale.
        reseller: the public id of the one reseller that may sell them; empty: anybody.
        filled_at: when the last of its codes was made; None: they are being made.
    """

    name = models.CharField(max_length=80, validators=[printable])
    plan = models.ForeignKey("radius.Plan", on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(
        max_length=MAX_PREFIX,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z0-9]*\Z", "Use capital letters and digits.")],
    )
    length = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(MIN_LENGTH), MaxValueValidator(MAX_LENGTH)]
    )
    alphabet = models.CharField(max_length=6, choices=Alphabet.choices, default=Alphabet.MIXED)
    count = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_COUNT)]
    )
    validity_s = models.PositiveIntegerField(null=True, editable=False)
    price_micro = models.PositiveBigIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    free = models.BooleanField(default=False)
    reseller = models.CharField(max_length=LENGTH, blank=True)
    filled_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "radius_voucher_batch"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """One code.

    Attributes:
        code_hash: HMAC-SHA-256 of the code without dashes, in capitals, under the tenant's key.
        code_encrypted: the code (kernel/crypto).
        activated_at, ends_at, mac: of its first login; written by wc_voucher_activate_v1 alone.
            ends_at None: not begun, or without an end.
    """

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers")
    code_hash = models.BinaryField(unique=True)
    code_encrypted = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PRINTED)
    sold_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    mac = models.CharField(max_length=253, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "radius_voucher"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="activated", activated_at=None),
                name="radius_voucher_activated",
            ),
        )

    def __str__(self) -> str:
        return self.account

    @property
    def account(self) -> str:
        """Its name in sessions and login attempts, and on paper; the code is in neither."""
        return f"voucher-{self.pk}"
