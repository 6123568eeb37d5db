"""Shapes of the wallets' API."""

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from transactions.wallets.models import Wallet
from wificore.kernel.api.rows import text

visible = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")
MICRO = "Micro-units: 1 KES = 1,000,000."


@extend_schema_field(text("+254712345678", maxLength=20))
class PhoneField(serializers.CharField):
    pass


class OpenSerializer(serializers.Serializer[Any]):
    """A wallet that is asked for."""

    name = serializers.CharField(max_length=120, validators=[visible])
    phone = PhoneField(max_length=20, help_text="The customer is found, or made, by it.")


class WalletSerializer(serializers.ModelSerializer[Wallet]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="subscriber.name")
    phone = serializers.CharField(source="subscriber.phone")
    subscriber = serializers.IntegerField(source="subscriber_id")
    currency = serializers.CharField()
    posted_micro = serializers.IntegerField(source="account.posted", help_text=MICRO)
    held_micro = serializers.IntegerField(source="account.held", help_text="Set aside of it.")
    available_micro = serializers.IntegerField(
        source="account.available", help_text="What may be spent: posted - held."
    )
    receivable_micro = serializers.IntegerField(
        help_text="What the customer owes; the next top-up pays it first."
    )

    class Meta:
        model = Wallet
        fields = (
            "id",
            "account_no",
            "name",
            "phone",
            "subscriber",
            "currency",
            "posted_micro",
            "held_micro",
            "available_micro",
            "receivable_micro",
            "created_at",
        )


@extend_schema_serializer(component_name="LedgerEntry")  # the audit trail has an Entry too
class EntrySerializer(serializers.Serializer[Any]):
    """One line of a wallet: what came in is above 0, what went out below."""

    id = serializers.CharField(source="pk")
    transfer = serializers.CharField(source="transfer_id")
    kind = serializers.CharField(source="transfer.kind")
    amount_micro = serializers.IntegerField(source="amount", help_text=MICRO)
    balance_after_micro = serializers.IntegerField(source="balance_after")
    reason = serializers.CharField(source="transfer.reason")
    created_at = serializers.DateTimeField()
