"""Shapes of the vouchers' API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from radius.models import Plan
from radius.vouchers import selectors
from radius.vouchers.models import Alphabet, State, Voucher, VoucherBatch
from radius.vouchers.printing import PART
from wificore.kernel.api.rows import text

MAX_TYPED = 80


@extend_schema_field(text("Kiosk, November", maxLength=80))
class BatchNameField(serializers.CharField):
    pass


class VoucherBatchSerializer(serializers.ModelSerializer[VoucherBatch]):
    name = BatchNameField(max_length=80)
    plan = serializers.PrimaryKeyRelatedField(queryset=Plan.objects.all())
    plan_name = serializers.CharField(source="plan.name", read_only=True)
    alphabet = serializers.ChoiceField(
        choices=Alphabet.choices,
        default=Alphabet.MIXED,
        help_text="Without characters that look alike on paper.",
    )

    class Meta:
        model = VoucherBatch
        fields = (
            "id",
            "name",
            "plan",
            "plan_name",
            "prefix",
            "length",
            "alphabet",
            "count",
            "validity_s",
            "price_micro",
            "currency",
            "expires_at",
            "free",
            "reseller",
            "filled_at",
            "created_at",
        )
        read_only_fields = ("validity_s", "price_micro", "currency", "filled_at", "created_at")


class VoucherStatesSerializer(serializers.Serializer[Any]):
    printed = serializers.IntegerField()
    sold = serializers.IntegerField()
    activated = serializers.IntegerField()
    expired = serializers.IntegerField()
    void = serializers.IntegerField()


class VoucherBatchDetailSerializer(VoucherBatchSerializer):
    """A batch, and how many of its vouchers are in each state."""

    states = serializers.SerializerMethodField()

    class Meta(VoucherBatchSerializer.Meta):
        fields = (*VoucherBatchSerializer.Meta.fields, "states")  # type: ignore[assignment]  # one more

    @extend_schema_field(VoucherStatesSerializer)
    def get_states(self, batch: VoucherBatch) -> dict[str, int]:
        return selectors.states(batch)


class VoucherSerializer(serializers.ModelSerializer[Voucher]):
    """A voucher without its code."""

    account = serializers.CharField(
        read_only=True, help_text="Its name in sessions, logins and on paper."
    )
    state = serializers.ChoiceField(source="state_now", choices=State.choices, read_only=True)
    plan = serializers.IntegerField(source="batch.plan_id", read_only=True)
    plan_name = serializers.CharField(source="batch.plan.name", read_only=True)
    price_micro = serializers.IntegerField(source="batch.price_micro", read_only=True)
    currency = serializers.CharField(source="batch.currency", read_only=True)

    class Meta:
        model = Voucher
        fields = (
            "id",
            "account",
            "batch",
            "plan",
            "plan_name",
            "price_micro",
            "currency",
            "state",
            "sold_at",
            "activated_at",
            "ends_at",
            "mac",
            "created_at",
        )
        read_only_fields = fields


class TypedVoucherSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=MAX_TYPED, help_text="As printed; case, spaces and dashes do not matter."
    )


class VoucherCodeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    account = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    code = serializers.CharField(help_text="In fours, as printed.")


class VoucherVoidSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class VouchersVoidedSerializer(serializers.Serializer[Any]):
    vouchers = serializers.IntegerField(help_text="How many were voided.")


class VoucherCodesQuerySerializer(serializers.Serializer[Any]):
    export = serializers.ChoiceField(choices=["csv", "pdf"], required=False)
    part = serializers.IntegerField(
        min_value=1,
        max_value=1_000,
        default=1,
        help_text=f"Of a PDF, which has {PART} vouchers at most; the first is 1.",
    )
