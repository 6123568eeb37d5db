"""Shapes of the resellers' API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.resellers.models import Resale, Reseller
from transactions.wallets.api.fields import AmountField, CurrencyField
from wificore.kernel.api.rows import text


@extend_schema_field(text("Mama Njeri's shop", maxLength=80))
class NameField(serializers.CharField):
    pass


class ResellerSerializer(serializers.ModelSerializer[Reseller]):
    id = serializers.CharField(source="public_id", read_only=True)
    name = NameField(max_length=80)
    float_micro = serializers.IntegerField(
        source="account.posted", read_only=True, help_text="What it has left to sell from."
    )
    currency = serializers.CharField(source="account.currency", read_only=True)

    class Meta:
        model = Reseller
        fields = (
            "id",
            "name",
            "phone",
            "user",
            "commission_bp",
            "active",
            "float_micro",
            "currency",
            "created_at",
        )
        extra_kwargs = {"user": {"validators": [], "min_value": 1}}


class FloatRequestSerializer(serializers.Serializer[Any]):
    amount_micro = AmountField(help_text="Whole units: a multiple of 1,000,000.")
    currency = CurrencyField()
    channel = serializers.ChoiceField(choices=["cash"])


class FloatSerializer(serializers.Serializer[Any]):
    transfer = serializers.CharField()
    reseller = serializers.CharField()
    amount_micro = serializers.IntegerField()
    currency = serializers.CharField()
    balance_micro = serializers.IntegerField(help_text="Of the float, right after it.")


class ResaleSerializer(serializers.ModelSerializer[Resale]):
    id = serializers.CharField(source="public_id")
    reseller = serializers.CharField(source="reseller.public_id")
    transfer = serializers.CharField(source="transfer_id")

    class Meta:
        model = Resale
        fields = (
            "id",
            "reseller",
            "seller_name",
            "subscriber",
            "voucher",
            "customer",
            "plan",
            "plan_name",
            "amount_micro",
            "commission_micro",
            "currency",
            "transfer",
            "valid_until",
            "created_at",
        )
