"""Payments that we ask for, receipts of money that came, and money whose owner is not known."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.kernel.public_ids import LENGTH, new_public_id

REF = 100


class PaymentState(models.TextChoices):
    """created -> pending -> paid | failed | unknown; money that comes later makes each paid."""

    CREATED = "created", "Created"
    PENDING = "pending", "Waiting for the payer"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


OPEN_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)


class Payment(models.Model):
    """Money that we ask somebody to pay into a wallet.

    Attributes:
        account_ref: what the payer sees: the wallet's account number.
        phone: E.164; empty where nobody's phone is asked.
        url: where the payer goes on, with providers that have a page.
        checkout_id: null until the provider accepted.
        receipt: shown; the truth is the row of `Receipt`.
        result_code: the provider's own; null while nothing is known.
        guessed: the receipt was found by account, amount and payer, not named by the provider
            for this payment; another payment's claim to it goes first.
        provisional: the transfer that credited it before any receipt was known; null: none did, or
            a receipt took it over.
        provisionals: how many provisional credits it ever had; numbers their keys.
        sent_at: when the provider was asked: whoever sets it sends, and nobody after.
        next_ask_at: when to ask the provider what became of it; null: not any more.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, default=new_public_id)
    wallet: Any = models.ForeignKey("wallets.Wallet", models.PROTECT, related_name="+")
    provider = models.CharField(max_length=12)
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    account_ref = models.CharField(max_length=12)
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(
        max_length=7, choices=PaymentState.choices, default=PaymentState.CREATED
    )
    checkout_id = models.CharField(max_length=REF, null=True)
    merchant_request_id = models.CharField(max_length=REF, null=True)
    receipt = models.CharField(max_length=REF, null=True)
    result_code = models.CharField(max_length=20, null=True)
    result_text = models.CharField(max_length=200, blank=True)
    guessed = models.BooleanField(default=False)
    provisional: Any = models.ForeignKey(
        "ledger.Transfer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    provisionals = models.PositiveSmallIntegerField(default=0)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    next_ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_micro__gt=0), name="payments_payment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values), name="payments_payment_state"
            ),
            models.UniqueConstraint(fields=["provider", "checkout_id"], name="payments_checkout"),
        )
        indexes = (
            models.Index(
                fields=["next_ask_at"],
                condition=Q(next_ask_at__isnull=False),
                name="payments_payment_asking",
            ),
            models.Index(fields=["wallet", "created_at"], name="payments_payment_wallet"),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.public_id}"


class ReceiptState(models.TextChoices):
    """Where a receipt's money is. waiting: staff typed it, and the provider has not confirmed."""

    CREDITED = "credited", "Credited"
    SUSPENSE = "suspense", "In suspense"
    WAITING = "waiting", "Typed, not confirmed"
    REVERSED = "reversed", "Given back"


class Receipt(models.Model):
    """One movement of money at a provider; its one credit, or none yet.

    Attributes:
        wallet: whose money; null in suspense.
        payment: the payment that it paid; null: nobody asked for it, or not known yet.
        transfer: its one credit; null: waiting.
        unverified: staff vouched for it, and no provider has confirmed it.
        disputed: the provider confirmed another amount than staff typed.
        account_ref, payer: as the provider said them; the payer's number may be masked.
        happened_at: by the provider's clock.
        fee_micro: what the provider kept, as it is booked; null: not known.
    """

    provider = models.CharField(max_length=12)
    receipt = models.CharField(max_length=REF)
    state = models.CharField(max_length=8, choices=ReceiptState.choices)
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    wallet: Any = models.ForeignKey("wallets.Wallet", models.PROTECT, null=True, related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="receipt_row")
    transfer: Any = models.ForeignKey(
        "ledger.Transfer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    door = models.CharField(max_length=8)
    unverified = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)
    account_ref = models.CharField(max_length=REF, blank=True)
    payer = models.CharField(max_length=REF, blank=True)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    typed_by = models.BigIntegerField(null=True)
    fee_micro = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["provider", "receipt"], name="payments_receipt_once"),
            models.CheckConstraint(
                condition=Q(amount_micro__gt=0), name="payments_receipt_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(transfer__isnull=False),
                name="payments_receipt_credited",
            ),
        )
        indexes = (
            models.Index(fields=["wallet", "received_at"], name="payments_receipt_wallet"),
            models.Index(
                fields=["id"], condition=Q(unverified=True), name="payments_receipt_unverified"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.receipt}"


class Suspense(models.Model):
    """Money of a receipt that names no wallet of ours, until a person matches it.

    Attributes:
        matched_at: null: nobody has yet. wallet: whose it was found to be.
        return_asked_at: somebody wants it given back to its payer. return_sent_at: the provider
            was asked; whoever sets it asks, and nobody after. return_id: the provider's name of
            that. returned_at: it was given back.
    """

    public_id = models.CharField(max_length=LENGTH, unique=True, default=new_public_id)
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="suspense")
    created_at = models.DateTimeField(db_default=Now())
    matched_at = models.DateTimeField(null=True)
    matched_by = models.BigIntegerField(null=True)
    wallet: Any = models.ForeignKey("wallets.Wallet", models.PROTECT, null=True, related_name="+")
    return_asked_at = models.DateTimeField(null=True)
    return_sent_at = models.DateTimeField(null=True)
    return_id = models.CharField(max_length=REF, null=True, unique=True)
    return_note = models.CharField(max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "suspense"
        indexes = (
            models.Index(
                fields=["id"], condition=Q(matched_at__isnull=True), name="payments_suspense_open"
            ),
        )

    def __str__(self) -> str:
        return str(self.receipt)
