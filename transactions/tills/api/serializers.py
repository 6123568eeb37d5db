"""Shapes of the tills' API."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.tills.closing import Draft
from transactions.tills.models import DayClose, Pay, Refund, Sale, Shift
from transactions.wallets.api.fields import AmountField, BuyerSerializer, CurrencyField
from wificore.kernel.api.rows import MAX_ID


class SiteField(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **options)


class OpenShiftSerializer(serializers.Serializer[Any]):
    float_micro = AmountField(help_text="What is in the drawer to give change from.")
    currency = CurrencyField()
    site = SiteField(required=False, allow_null=True, default=None)


class CloseShiftSerializer(serializers.Serializer[Any]):
    counted_micro = AmountField(help_text="What was counted in the drawer.")
    currency = CurrencyField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """What had to be in the drawer is told when it has been counted, not before."""

    id = serializers.CharField(source="public_id")
    site = serializers.IntegerField(source="site_id", allow_null=True)
    state = serializers.SerializerMethodField()
    currency = serializers.CharField(source="account.currency")
    difference_micro = serializers.IntegerField(
        allow_null=True, help_text="Counted minus expected: below 0 money is missing."
    )

    class Meta:
        model = Shift
        fields = (
            "id",
            "state",
            "site",
            "cashier",
            "cashier_name",
            "currency",
            "float_micro",
            "opened_at",
            "closed_at",
            "closed_by",
            "expected_micro",
            "counted_micro",
            "difference_micro",
            "note",
        )

    @extend_schema_field({"type": "string", "enum": ["open", "closed"]})
    def get_state(self, shift: Shift) -> str:
        return "open" if shift.is_open else "closed"


class TopUpRequestSerializer(serializers.Serializer[Any]):
    amount_micro = AmountField(help_text="Whole units: a multiple of 1,000,000.")
    currency = CurrencyField()
    channel = serializers.ChoiceField(choices=["cash"])


class TopUpSerializer(serializers.Serializer[Any]):
    transfer = serializers.CharField()
    wallet = serializers.CharField()
    amount_micro = serializers.IntegerField()
    currency = serializers.CharField()
    receivable_paid_micro = serializers.IntegerField(help_text="What of it paid what was owed.")
    balance_micro = serializers.IntegerField(help_text="Of the wallet, right after it.")


class SaleRequestSerializer(BuyerSerializer):
    pay = serializers.ChoiceField(choices=Pay.choices)


class SaleSerializer(serializers.ModelSerializer[Sale]):
    id = serializers.CharField(source="public_id")
    shift = serializers.CharField(source="shift.public_id")
    site = serializers.IntegerField(source="site_id", allow_null=True)
    transfer = serializers.CharField(source="transfer_id")
    receipt = serializers.CharField(help_text="Its number for people.")

    class Meta:
        model = Sale
        fields = (
            "id",
            "receipt",
            "shift",
            "site",
            "seller",
            "seller_name",
            "subscriber",
            "voucher",
            "customer",
            "plan",
            "plan_name",
            "pay",
            "amount_micro",
            "refunded_micro",
            "currency",
            "transfer",
            "valid_until",
            "created_at",
        )


class RefundRequestSerializer(serializers.Serializer[Any]):
    amount_micro = AmountField()
    currency = CurrencyField()
    pay = serializers.ChoiceField(
        choices=Pay.choices, required=False, help_text="How; default: as the sale was paid."
    )
    reason = serializers.CharField(max_length=300)


class RefundSerializer(serializers.ModelSerializer[Refund]):
    id = serializers.CharField(source="public_id")
    sale = serializers.CharField(source="sale.public_id")
    transfer = serializers.CharField(source="transfer_id")
    refunded_micro = serializers.IntegerField(
        source="sale.refunded_micro", help_text="Of the sale, all refunds together."
    )

    class Meta:
        model = Refund
        fields = (
            "id",
            "sale",
            "pay",
            "amount_micro",
            "refunded_micro",
            "reason",
            "by",
            "transfer",
            "created_at",
        )


class CloseDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    site = SiteField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class PreviewQuerySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    site = SiteField(required=False, allow_null=True, default=None)


class PreviewSerializer(serializers.Serializer[Any]):
    """What a close would say now."""

    day = serializers.DateField()
    site = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    waiting = serializers.ListField(
        child=serializers.CharField(), help_text="Who has a shift open: it is closed first."
    )
    doubts = serializers.ListField(
        child=serializers.CharField(), help_text="With any, the close needs a note that says why."
    )
    totals = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_totals(self, found: Draft) -> dict[str, Any]:
        return found.totals


class DaySerializer(serializers.ModelSerializer[DayClose]):
    id = serializers.CharField(source="public_id")
    site = serializers.IntegerField(source="site_id", allow_null=True)
    totals = serializers.SerializerMethodField()

    class Meta:
        model = DayClose
        fields = (
            "id",
            "site",
            "seq",
            "day",
            "since",
            "until",
            "totals",
            "note",
            "closed_by",
            "previous",
            "hash",
        )

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_totals(self, close: DayClose) -> dict[str, Any]:
        return cast(dict[str, Any], close.totals)
