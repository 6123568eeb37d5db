"""Fields and forms that every app of money shares."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.wallets.amounts import MAX_AMOUNT, UNIT
from wificore.kernel.api.rows import MAX_ID, text


@extend_schema_field(
    {"type": "integer", "example": 100 * UNIT, "minimum": 0, "maximum": MAX_AMOUNT}
)
class AmountField(serializers.IntegerField):
    """Micro-units, 0 to a thousand million units."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_AMOUNT, **options)


@extend_schema_field(text("KES", minLength=3, maxLength=3))
class CurrencyField(serializers.CharField):
    """The tenant's currency, which must be named so that nobody mistakes the amount."""

    def to_internal_value(self, data: Any) -> str:
        found = super().to_internal_value(data)
        if found != settings.CURRENCY:
            raise serializers.ValidationError(f"Amounts are in {settings.CURRENCY} here.")
        return str(found)


class BuyerSerializer(serializers.Serializer[Any]):
    """Exactly one of `subscriber`, `wallet` and `phone` says who buys."""

    plan = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    subscriber = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    wallet = serializers.CharField(
        required=False, max_length=40, help_text="Its id or its account number."
    )
    phone = serializers.CharField(required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("subscriber", "wallet", "phone") if name in attrs]
        if len(named) != 1:
            message = "Say who buys by one of subscriber, wallet, phone."
            raise serializers.ValidationError({"subscriber": [message]})
        return attrs


class VoucherSaleRequestSerializer(serializers.Serializer[Any]):
    """Exactly one of `voucher` and `code` says which."""

    voucher = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    code = serializers.CharField(
        required=False,
        max_length=80,
        help_text="As printed, in any writing.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"voucher": ["Give one of voucher and code."]})
        return attrs


def filled(form: Any) -> dict[str, Any]:
    """What a request asks for; 400 if it cannot be."""
    form.is_valid(raise_exception=True)
    values: dict[str, Any] = form.validated_data
    return values
