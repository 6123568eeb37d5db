"""What water costs, and from when on."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

from .names import printable


class Tariff(models.Model):
    """A price that changes over time: its versions. Kiosks keep the tariff they began with."""

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    name = models.CharField(max_length=80, unique=True, validators=[printable])
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """One price. Written once: the tenant's role may neither change nor delete it (grants).

    Attributes:
        v: 1, 2, 3.. per tariff. valid_from: in force from then until another one is.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    v = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    price_micro_per_litre = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("tariff", "v")
        constraints = (
            models.UniqueConstraint(fields=["tariff", "v"], name="water_tariff_version"),
            models.CheckConstraint(
                condition=Q(price_micro_per_litre__gt=0), name="water_tariff_price"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tariff_id} v{self.v}"
