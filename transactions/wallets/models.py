"""A wallet: whose it is, and which accounts of the books are its."""

from django.db import models
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH


class Wallet(models.Model):
    """One customer's wallet.

    Attributes:
        account_no: what the customer types when paying; its last digit is a check digit.
        account: what it holds. receivable: what the customer owes, as a negative balance.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    account_no = models.CharField(max_length=12, unique=True, editable=False)
    subscriber = models.OneToOneField(
        "radius.Subscriber", on_delete=models.PROTECT, related_name="+", editable=False
    )
    account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    receivable = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.account_no

    @property
    def currency(self) -> str:
        return self.account.currency

    @property
    def receivable_micro(self) -> int:
        """What the customer owes, above 0."""
        return -self.receivable.posted
