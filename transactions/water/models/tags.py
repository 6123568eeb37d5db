"""Tags: who somebody is at a tap; never what is in the wallet."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

from .names import printable


class TagState(models.TextChoices):
    """Only an active one opens a tap."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    LOST = "lost"


class Tag(models.Model):
    """A card or a fob, and whose wallet pays.

    Attributes:
        uid_hash: HMAC-SHA256 of its number with the tenant's key; the number itself is not kept:
            with it, anybody could make a copy.
        label: what people call it.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    uid_hash = models.BinaryField(max_length=32, unique=True)
    wallet: Any = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=TagState.choices, default=TagState.ACTIVE)
    label = models.CharField(max_length=40, blank=True, validators=[printable])
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=TagState.values), name="water_tag_state"),
        )

    def __str__(self) -> str:
        return self.label or self.public_id


class TagKey(models.Model):
    """The tenant's own key of tags' hashes, encrypted; one row, made with the first tag."""

    id = models.SmallAutoField(primary_key=True)
    sealed = models.TextField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="water_tagkey_one_row"),)

    def __str__(self) -> str:
        return "key of tags"
