"""A part of a wallet that one kiosk may spend while it is offline."""

from typing import Any

from django.db import models
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH


class Lease(models.Model):
    """A hold of the kind `lease`; what was taken of it and whether it is open is the hold's."""

    public_id = models.CharField(max_length=LENGTH, unique=True, editable=False)
    hold: Any = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, related_name="+")
    wallet: Any = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    kiosk = models.ForeignKey("water.Kiosk", on_delete=models.PROTECT, related_name="leases")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.public_id

    @property
    def state(self) -> str:
        """open, ended (by somebody) or expired."""
        return ENDS.get(self.hold.state, "ended")


ENDS = {"open": "open", "expired": "expired"}
