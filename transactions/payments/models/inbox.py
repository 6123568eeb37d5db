"""The raw inbox: what providers, and strangers, posted to our callbacks."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class InboxDoor(models.TextChoices):
    """By which callback it came."""

    STK = "stk", "STK callback"
    C2B = "c2b", "C2B confirmation"
    REVERSAL = "reversal", "Reversal's result"
    PAYSTACK = "paystack", "Paystack webhook"


class InboxOutcome(models.TextChoices):
    """What came of it; null until a worker has looked."""

    CREDITED = "credited", "Credited"
    DUPLICATE = "duplicate", "Known already"
    FAILED = "failed", "The payment failed"
    UNKNOWN = "unknown", "The provider is asked"
    SUSPENSE = "suspense", "In suspense"
    RETURNED = "returned", "Given back"
    REJECTED = "rejected", "Rejected"


class InboxMessage(models.Model):
    """One message as it came; only its outcome is ever written to it.

    Attributes:
        body: the octets as text, at most 64 KiB; what is no UTF-8 is escaped.
        checkout_id, receipt: what it is found by; empty: it names none.
        remote: the sender's address.
        note: why it was rejected, for people.
    """

    door = models.CharField(max_length=8, choices=InboxDoor.choices)
    body = models.TextField()
    checkout_id = models.CharField(max_length=100, blank=True)
    receipt = models.CharField(max_length=100, blank=True)
    remote = models.GenericIPAddressField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=InboxOutcome.choices, null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["checkout_id"], condition=~Q(checkout_id=""), name="payments_inbox_checkout"
            ),
            models.Index(
                fields=["receipt"], condition=~Q(receipt=""), name="payments_inbox_receipt"
            ),
            models.Index(fields=["id"], condition=Q(outcome=None), name="payments_inbox_open"),
            models.Index(
                fields=["received_at"], condition=Q(outcome="rejected"), name="payments_inbox_old"
            ),
        )

    def __str__(self) -> str:
        return f"{self.door} {self.checkout_id or self.receipt}"
