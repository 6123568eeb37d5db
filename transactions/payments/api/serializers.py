"""Shapes of the payments' API."""

import re
from typing import Any

from django.conf import settings
from rest_framework import serializers

from transactions.wallets.amounts import MAX_AMOUNT, UNIT
from wificore.access.api.serializers import PhoneField

from ..gateways.mpesa.mapping import RECEIPT, masked
from ..gateways.providers import MPESA, OFFERED, PAYSTACK, TYPED
from ..models import (
    InboxDoor,
    InboxMessage,
    InboxOutcome,
    MpesaAccount,
    Payment,
    PaymentState,
    PaystackAccount,
    Receipt,
    Suspense,
)

MICRO = "Micro-units: 1 KES = 1,000,000."
KENYAN_MOBILE = re.compile(r"\+254[17][0-9]{8}")


class AmountField(serializers.IntegerField):
    """Whole units above 0, in micro-units."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=UNIT, max_value=MAX_AMOUNT, help_text=MICRO, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("Give a whole number.")
        value = int(super().to_internal_value(data))
        if value % UNIT:
            raise serializers.ValidationError(f"Give whole units: a multiple of {UNIT}.")
        return value


class CurrencyField(serializers.CharField):
    """The one of this installation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=3, **options)

    def to_internal_value(self, data: Any) -> str:
        value = str(super().to_internal_value(data))
        if value != settings.CURRENCY:
            raise serializers.ValidationError(f"Only {settings.CURRENCY} is used here.")
        return value


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """A payment that was asked for."""

    id = serializers.CharField(source="public_id")
    wallet = serializers.CharField(source="wallet.public_id")
    state = serializers.ChoiceField(choices=PaymentState.choices)
    result_code = serializers.SerializerMethodField(
        help_text="The provider's; null while nothing is known."
    )

    class Meta:
        model = Payment
        fields = (
            "id", "wallet", "provider", "amount_micro", "currency", "phone", "state",
            "checkout_id", "merchant_request_id", "receipt", "result_code", "result_text", "url",
            "created_at", "paid_at",
        )  # fmt: skip

    def get_result_code(self, row: Payment) -> int | str | None:
        code = row.result_code
        return int(code) if code and code.isascii() and code.isdigit() else code


class NewPaymentSerializer(serializers.Serializer[Any]):
    """A payment to ask for."""

    wallet = serializers.CharField(max_length=32)
    provider = serializers.ChoiceField(choices=OFFERED)
    amount_micro = AmountField()
    currency = CurrencyField()
    phone = PhoneField(required=False, help_text="Whom M-Pesa asks.")
    email = serializers.EmailField(required=False, help_text="Paystack sends its receipt there.")

    def validate(self, data: Any) -> Any:
        if data["provider"] == MPESA and not KENYAN_MOBILE.fullmatch(data.get("phone", "")):
            raise serializers.ValidationError({"phone": ["Use a Kenyan mobile: +2547.. or 07.."]})
        if data["provider"] == PAYSTACK and not data.get("email"):
            raise serializers.ValidationError({"email": ["Paystack needs an address."]})
        return data


class NewReceiptSerializer(serializers.Serializer[Any]):
    """A receipt as the payer's phone shows it."""

    provider = serializers.ChoiceField(choices=TYPED)
    receipt = serializers.CharField(max_length=30)
    wallet = serializers.CharField(max_length=32)
    amount_micro = AmountField()
    currency = CurrencyField()

    def validate_receipt(self, text: str) -> str:
        receipt = text.strip().upper()
        if not RECEIPT.fullmatch(receipt):
            raise serializers.ValidationError("Use the letters and digits of the receipt.")
        return receipt


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """A movement of money at a provider."""

    wallet = serializers.SerializerMethodField()
    payment = serializers.SerializerMethodField(help_text="The payment that it paid.")

    class Meta:
        model = Receipt
        fields = (
            "provider", "receipt", "wallet", "payment", "amount_micro", "currency", "state",
            "door", "unverified", "disputed", "fee_micro", "received_at",
        )  # fmt: skip

    def get_wallet(self, row: Receipt) -> str | None:
        return str(row.wallet.public_id) if row.wallet_id else None

    def get_payment(self, row: Receipt) -> str | None:
        return row.payment.public_id if row.payment else None


class SuspenseSerializer(serializers.ModelSerializer[Suspense]):
    """Money whose owner is not known."""

    id = serializers.CharField(source="public_id")
    provider = serializers.CharField(source="receipt.provider")
    receipt = serializers.CharField(source="receipt.receipt")
    amount_micro = serializers.IntegerField(source="receipt.amount_micro", help_text=MICRO)
    currency = serializers.CharField(source="receipt.currency")
    account_ref = serializers.CharField(source="receipt.account_ref")
    payer_masked = serializers.SerializerMethodField()
    received_at = serializers.DateTimeField(source="receipt.received_at")

    class Meta:
        model = Suspense
        fields = (
            "id", "provider", "receipt", "amount_micro", "currency", "account_ref",
            "payer_masked", "received_at",
        )  # fmt: skip

    def get_payer_masked(self, row: Suspense) -> str:
        return masked(row.receipt.payer)


class MatchSerializer(serializers.Serializer[Any]):
    wallet = serializers.CharField(max_length=32)


class MatchedSerializer(SuspenseSerializer):
    """The same, with whose it was."""

    wallet = serializers.CharField(source="wallet.public_id")

    class Meta(SuspenseSerializer.Meta):
        fields = (*SuspenseSerializer.Meta.fields, "wallet", "matched_at")  # type: ignore[assignment]


class InboxSerializer(serializers.ModelSerializer[InboxMessage]):
    """A provider's message; its body, with names and numbers of people, is not shown."""

    id = serializers.CharField(source="pk")
    door = serializers.ChoiceField(choices=InboxDoor.choices)
    outcome = serializers.ChoiceField(choices=InboxOutcome.choices, allow_null=True)

    class Meta:
        model = InboxMessage
        fields = (
            "id", "door", "checkout_id", "receipt", "received_at", "processed_at", "outcome",
            "note",
        )  # fmt: skip


class SecretField(serializers.CharField):
    """Goes in and never comes out."""

    def __init__(self) -> None:
        super().__init__(
            write_only=True,
            required=False,
            allow_blank=True,
            max_length=1000,
            trim_whitespace=True,
            help_text="Absent: as it is. Empty: none.",
        )


class FeeBandSerializer(serializers.Serializer[Any]):
    """A step of a tariff; `fixed_micro` and `bp` are added, `most_micro` bounds the sum."""

    from_micro = serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT)
    fixed_micro = serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT, default=0)
    bp = serializers.IntegerField(
        min_value=0, max_value=10_000, default=0, help_text="Hundredths of a percent: 55 is 0.55 %."
    )
    most_micro = serializers.IntegerField(
        min_value=0, max_value=MAX_AMOUNT, allow_null=True, default=None
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A band is whole, also in a request that changes an account in part."""
        if "from_micro" not in attrs:
            raise serializers.ValidationError({"from_micro": ["This is required."]})
        return {"fixed_micro": 0, "bp": 0, "most_micro": None, **attrs}


class MpesaSerializer(serializers.ModelSerializer[MpesaAccount]):
    """The account at M-Pesa."""

    consumer_secret = SecretField()
    passkey = SecretField()
    credential = SecretField()
    has_consumer_secret = serializers.BooleanField(read_only=True)
    has_passkey = serializers.BooleanField(read_only=True)
    has_credential = serializers.BooleanField(read_only=True)
    fee_bands = FeeBandSerializer(
        many=True, required=False, help_text="What M-Pesa keeps of a payment; it does not tell."
    )

    class Meta:
        model = MpesaAccount
        fields = (
            "enabled", "shortcode", "till", "consumer_key", "consumer_secret",
            "has_consumer_secret", "passkey", "has_passkey", "base_url", "initiator", "credential",
            "has_credential", "pull_enabled", "fee_bands", "updated_at",
        )  # fmt: skip
        read_only_fields = ("updated_at",)


class PaystackSerializer(serializers.ModelSerializer[PaystackAccount]):
    """The account at Paystack."""

    secret_key = SecretField()
    has_secret_key = serializers.BooleanField(read_only=True)

    class Meta:
        model = PaystackAccount
        fields = ("enabled", "secret_key", "has_secret_key", "base_url", "updated_at")
        read_only_fields = ("updated_at",)


class UrlsSerializer(serializers.Serializer[Any]):
    """Where providers tell us; whoever knows them can pretend to be one."""

    stk = serializers.CharField()
    confirmation = serializers.CharField()
    validation = serializers.CharField()
    paystack = serializers.CharField()


class RotateSerializer(serializers.Serializer[Any]):
    rotate = serializers.BooleanField(
        default=False, help_text="Make a new secret; the URLs before are worth nothing at once."
    )


class RegisterSerializer(serializers.Serializer[Any]):
    nominated_number = PhoneField(
        required=False, help_text="Also registers for the nightly pull, with this number."
    )


class RegisteredSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
