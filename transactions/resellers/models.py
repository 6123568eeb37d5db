"""Resellers and what they sold."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH

# Commission in hundredths of a percent.
WHOLE, MOST = 10_000, 5_000
NAME = 254
printable = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")


class Reseller(models.Model):
    """A shop with a float.

    Attributes:
        user: the staff user through whom it sells itself; that user sees no other reseller. None:
            only the organisation's own staff sell for it.
        commission_bp: of each sale, in hundredths of a percent: 750 is 7.5 %.
        account: its float in the books, never below 0.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    name = models.CharField(max_length=80, unique=True, validators=[printable])
    phone = models.CharField(max_length=20, blank=True)
    user = models.BigIntegerField(null=True, blank=True, unique=True)
    commission_bp = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MOST)]
    )
    active = models.BooleanField(default=True)
    account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    def commission_of(self, price_micro: int) -> int:
        """Rounded down to a micro-unit."""
        return price_micro * self.commission_bp // WHOLE


class Resale(models.Model):
    """A plan that a reseller sold; names are kept as they were.

    Attributes:
        subscriber, voucher: whom it let in, or the voucher that was sold; the other is None.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="sales")
    seller_name = models.CharField(max_length=NAME)
    subscriber = models.BigIntegerField(db_index=True, null=True)
    voucher = models.BigIntegerField(null=True)
    customer = models.CharField(max_length=NAME)
    plan = models.BigIntegerField()
    plan_name = models.CharField(max_length=80)
    amount_micro = models.BigIntegerField()
    commission_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    transfer = models.OneToOneField("ledger.Transfer", on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.reseller_id} {self.plan_name}"
