"""Shifts, sales, refunds and closed days.

Sales keep the names of what was sold, by whom and to whom: plans and customers may be renamed or
deleted, and a receipt stays what it was.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH

NAME = 254


class Pay(models.TextChoices):
    """What a sale is paid with."""

    CASH = "cash"
    WALLET = "wallet"


class Shift(models.Model):
    """One drawer and whoever answers for it, from opening to counting.

    Attributes:
        cashier: the user's number; its name as it was.
        account: the drawer's in the books: what we have, so it is negative.
        float_micro: what was put into it to give change from.
        expected_micro: what had to be in it at the end; counted_micro: what was.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    site = models.ForeignKey(
        "access.Site", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    cashier = models.BigIntegerField()
    cashier_name = models.CharField(max_length=NAME)
    account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    float_micro = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=NAME, blank=True)
    expected_micro = models.BigIntegerField(null=True)
    counted_micro = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    day = models.ForeignKey(
        "tills.DayClose", on_delete=models.PROTECT, null=True, related_name="shifts"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["cashier"], condition=Q(closed_at=None), name="tills_shift_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.cashier_name} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def difference_micro(self) -> int | None:
        """Counted minus expected: below 0 money is missing."""
        if self.counted_micro is None or self.expected_micro is None:
            return None
        return self.counted_micro - self.expected_micro


class Sale(models.Model):
    """A plan that was sold over the counter, to a customer or as a voucher.

    Attributes:
        subscriber: the customer's number; None: a voucher was sold.
        voucher: the voucher's number; None: a customer was let in.
        valid_until: how long it lets the customer in; None: it does not end.
        refunded_micro: the sum of its refunds, kept under the row's lock.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="sales")
    site = models.ForeignKey("access.Site", on_delete=models.PROTECT, null=True, related_name="+")
    seller = models.BigIntegerField()
    seller_name = models.CharField(max_length=NAME)
    subscriber = models.BigIntegerField(db_index=True, null=True)
    voucher = models.BigIntegerField(null=True)
    customer = models.CharField(max_length=NAME)
    plan = models.BigIntegerField()
    plan_name = models.CharField(max_length=80)
    pay = models.CharField(max_length=6, choices=Pay.choices)
    amount_micro = models.BigIntegerField()
    refunded_micro = models.BigIntegerField(db_default=0, default=0)
    currency = models.CharField(max_length=3)
    transfer = models.OneToOneField("ledger.Transfer", on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(refunded_micro__lte=F("amount_micro")), name="tills_sale_refunded"
            ),
        )

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """Its number for people; the tenant's own."""
        return f"R-{self.pk:06}"


class Refund(models.Model):
    """Money of a sale that was given back: a transfer that reverses a part of the sale's."""

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="refunds")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, null=True, related_name="refunds")
    pay = models.CharField(max_length=6, choices=Pay.choices)
    amount_micro = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=NAME)
    transfer = models.OneToOneField("ledger.Transfer", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.sale_id} {self.amount_micro}"


class Approval(models.TextChoices):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class RefundApproval(models.Model):
    """A refund above the limit of whoever asks: a second person decides, and then it is paid.

    Attributes:
        asked_by: the user whose drawer pays it, if it is cash. decided_by: the second person.
        refund: what was paid; None unless approved.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="approvals")
    site = models.ForeignKey("access.Site", on_delete=models.PROTECT, null=True, related_name="+")
    amount_micro = models.BigIntegerField()
    pay = models.CharField(max_length=6, choices=Pay.choices)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=Approval.choices, default=Approval.ASKED)
    asked_by = models.BigIntegerField()
    asked_name = models.CharField(max_length=NAME)
    decided_by = models.CharField(max_length=NAME, blank=True)
    note = models.CharField(max_length=300, blank=True)
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, related_name="approval"
    )
    created_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["sale"], condition=Q(state="asked"), name="tills_approval_one_asked"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sale_id} {self.amount_micro} {self.state}"


class DayClose(models.Model):
    """A day that is closed: its totals, chained to the close before. Written once (grants).

    Attributes:
        site: None: tills without a site, and what is paid without a till.
        seq: 1, 2, 3.. without a gap at one site. since, until: what it looked at.
        previous: the hash of the close before; empty for the first. hash: of all of this.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    site = models.ForeignKey("access.Site", on_delete=models.PROTECT, null=True, related_name="+")
    seq = models.PositiveIntegerField()
    day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    totals = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    closed_by = models.CharField(max_length=NAME)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-id",)
        verbose_name = "closed day"
        constraints = (
            models.UniqueConstraint(
                fields=["site", "seq"], name="tills_day_seq", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["site", "day"], name="tills_day_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.site_id or ''}".strip()
