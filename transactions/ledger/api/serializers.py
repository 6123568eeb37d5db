"""Shapes of the books' API."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.ledger import selectors
from transactions.ledger.models import Account, Entry, Transfer
from wificore.kernel.api.rows import MAX_ID

MICRO = "Micro-units; above 0 we owe it, below 0 we have it."
MOST = 10**18


class AccountSerializer(serializers.ModelSerializer[Account]):
    id = serializers.CharField(source="pk")
    balance_micro = serializers.SerializerMethodField(help_text=MICRO)
    held_micro = serializers.IntegerField(source="held", help_text="Set aside of it.")

    class Meta:
        model = Account
        fields = ("id", "kind", "owner", "currency", "balance_micro", "held_micro", "created_at")

    @extend_schema_field(int)
    def get_balance_micro(self, account: Account) -> int:
        return account.posted if account.running else selectors.sum_of(account.pk)


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    id = serializers.CharField(source="pk")
    amount_micro = serializers.IntegerField(source="amount", help_text="Of its positive entries.")
    reverses = serializers.CharField(source="reverses_id", allow_null=True)

    class Meta:
        model = Transfer
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "kind",
            "amount_micro",
            "reverses",
            "reason",
            "actor",
            "actor_name",
            "created_at",
        )


class TransferEntrySerializer(serializers.ModelSerializer[Entry]):
    account = serializers.CharField(source="account_id")
    kind = serializers.CharField(source="account.kind")
    owner = serializers.CharField(source="account.owner")
    amount_micro = serializers.IntegerField(source="amount", help_text=MICRO)
    balance_after_micro = serializers.IntegerField(source="balance_after", allow_null=True)

    class Meta:
        model = Entry
        fields = ("account", "kind", "owner", "amount_micro", "balance_after_micro")


class WholeTransferSerializer(TransferSerializer):
    entries = TransferEntrySerializer(many=True)

    class Meta(TransferSerializer.Meta):
        fields = (*TransferSerializer.Meta.fields, "entries")


class PlaceSerializer(serializers.Serializer[Any]):
    """An account by its number, or by kind and owner: one that is new is opened."""

    account = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    kind = serializers.ChoiceField(choices=["cash", "clearing", "fees"], required=False)
    owner = serializers.RegexField(r"\A[a-z][a-z0-9_]{0,39}\Z", required=False)
    amount_micro = serializers.IntegerField(min_value=-MOST, max_value=MOST, help_text=MICRO)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = "kind" in attrs and "owner" in attrs
        if ("account" in attrs) == named:
            raise serializers.ValidationError("Give an account, or kind and owner.")
        return attrs


class AdjustmentSerializer(serializers.Serializer[Any]):
    """What moves from where to where; the entries sum to 0."""

    currency = serializers.CharField(max_length=3)
    entries = serializers.ListField(child=PlaceSerializer(), min_length=2, max_length=20)
    reason = serializers.CharField(max_length=300)

    def validate_currency(self, value: str) -> str:
        if value != settings.CURRENCY:
            raise serializers.ValidationError(f"Amounts are in {settings.CURRENCY} here.")
        return value
