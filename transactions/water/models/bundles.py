"""Water and WiFi together: earned by drawing water, or bought for one price."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

from .names import printable


class BundleKind(models.TextChoices):
    """earned: so much water gives WiFi. bought: one price gives WiFi and so much water."""

    EARNED = "earned"
    BOUGHT = "bought"


class Bundle(models.Model):
    """An offer.

    Attributes:
        ml: the water that earns it, or that is bought with it.
        plan: what it opens.
        price_micro: of a bought one, for both; 0: it is earned.
        wifi_micro: what of it is WiFi's: of the price, or of what the water earned. The rest of a
            bought one's price stands in the wallet for water.
        active: offered now.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    name = models.CharField(max_length=80, unique=True, validators=[printable])
    kind = models.CharField(max_length=6, choices=BundleKind.choices)
    ml = models.BigIntegerField()
    plan: Any = models.ForeignKey("radius.Plan", on_delete=models.PROTECT, related_name="+")
    price_micro = models.BigIntegerField(default=0)
    wifi_micro = models.BigIntegerField(default=0)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(ml__gt=0), name="water_bundle_ml"),
            models.CheckConstraint(
                condition=Q(kind="earned", price_micro=0, wifi_micro__gte=0)
                | Q(kind="bought", wifi_micro__gte=0, wifi_micro__lt=F("price_micro")),
                name="water_bundle_split",
            ),
        )

    def __str__(self) -> str:
        return self.name


class BundleProgress(models.Model):
    """How much water of a wallet counts for an earned bundle, and how often it was earned.

    Attributes:
        ml: paid water that was counted. earned: how often it gave WiFi: ml // bundle.ml at most.
    """

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="progress")
    wallet: Any = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    ml = models.BigIntegerField(default=0)
    earned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["bundle", "wallet"], name="water_progress_once"),
        )

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.wallet_id}"


class BundleGrant(models.Model):
    """One time that a bundle opened WiFi. Written once.

    Attributes:
        kiosk, epoch, seq: the record that earned it; null: it was bought.
        times: how often at once: one large dispense may earn several.
        sale: the sale that it was bought by, as tills number it.
        transfer: what moved WiFi's part; null: it has none.
        valid_until: how long it lets the customer in; null: it does not end.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="grants")
    wallet: Any = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    kiosk: Any = models.ForeignKey(
        "water.Kiosk", on_delete=models.PROTECT, null=True, related_name="+"
    )
    epoch = models.BigIntegerField(null=True)
    seq = models.BigIntegerField(null=True)
    times = models.PositiveIntegerField(default=1)
    sale: Any = models.OneToOneField(
        "tills.Sale", on_delete=models.PROTECT, null=True, related_name="+"
    )
    transfer: Any = models.OneToOneField(
        "ledger.Transfer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    wifi_micro = models.BigIntegerField(default=0)
    valid_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["bundle", "kiosk", "epoch", "seq"], name="water_grant_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.wallet_id}"
