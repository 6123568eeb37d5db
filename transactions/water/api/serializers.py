"""Shapes of what staff see of water."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.wallets.api.fields import AmountField, CurrencyField
from wificore.kernel.api.rows import MAX_ID, text

from ..acks import acks, missing
from ..answers import public_id
from ..models import (
    DispenseState,
    Kiosk,
    KioskKey,
    KioskState,
    Lease,
    Tag,
    TagState,
    Tariff,
    TariffVersion,
    WaterRefund,
    WaterTransaction,
)
from ..signals.rules import Signal

MICRO = "Micro-units: 1 KES = 1,000,000."
REFUNDED = "refunded"
SIGNALS = [str(signal) for signal in Signal]


@extend_schema_field(text("Borehole", maxLength=80))
class NameField(serializers.CharField):
    pass


class PriceField(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=10**12, help_text=MICRO, **options)


class IdField(serializers.CharField):
    """An id of ours, which is looked for: one that cannot be is one that is not there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)


class NewVersionSerializer(serializers.Serializer[Any]):
    valid_from = serializers.DateTimeField()
    price_micro_per_litre = PriceField()


class NewTariffSerializer(NewVersionSerializer):
    name = NameField(max_length=80)
    currency = CurrencyField()


class VersionSerializer(serializers.ModelSerializer[TariffVersion]):
    class Meta:
        model = TariffVersion
        fields = ("v", "valid_from", "price_micro_per_litre")


class TariffSerializer(serializers.ModelSerializer[Tariff]):
    id = serializers.CharField(source="public_id")
    versions = VersionSerializer(many=True)

    class Meta:
        model = Tariff
        fields = ("id", "name", "currency", "versions", "created_at")


class NewKioskSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=80)
    site = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    tariff = IdField()
    pulses_per_litre = serializers.IntegerField(min_value=1, max_value=100_000)


class KioskChangeSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=80, required=False)
    site = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    state = serializers.ChoiceField(choices=KioskState.choices, required=False)
    max_ml = serializers.IntegerField(min_value=1, max_value=10**9, required=False)


class KioskSerializer(serializers.ModelSerializer[Kiosk]):
    id = serializers.CharField(source="public_id")
    site = serializers.IntegerField(source="site_id")
    tariff = serializers.CharField(source="tariff.public_id")
    pulses_per_litre = serializers.IntegerField(source="tap.pulses_per_litre")
    calibrated_at = serializers.DateTimeField(source="tap.calibrated_at", allow_null=True)
    health = serializers.DictField()
    signals = serializers.SerializerMethodField(help_text="What is wrong with it now.")

    class Meta:
        model = Kiosk
        fields: Any = (
            "id",
            "public_id",
            "name",
            "site",
            "tariff",
            "state",
            "pulses_per_litre",
            "calibrated_at",
            "max_ml",
            "config_version",
            "firmware",
            "health",
            "health_at",
            "last_seen_at",
            "signals",
            "created_at",
        )

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": SIGNALS}})
    def get_signals(self, kiosk: Kiosk) -> list[str]:
        return sorted(row.signal for row in kiosk.signals.all() if row.over_at is None)


class RangeSerializer(serializers.Serializer[Any]):
    """Numbers that never came, both ends included."""

    epoch = serializers.IntegerField()
    to = serializers.IntegerField()

    def get_fields(self) -> Any:
        # `from` is no name for a class's attribute.
        return {**super().get_fields(), "from": serializers.IntegerField()}


class WholeKioskSerializer(KioskSerializer):
    """With how far its records have come."""

    ack_through = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    class Meta(KioskSerializer.Meta):
        fields = (*KioskSerializer.Meta.fields, "ack_through", "missing")

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_ack_through(self, kiosk: Kiosk) -> dict[str, int]:
        return acks(kiosk)

    @extend_schema_field(RangeSerializer(many=True))
    def get_missing(self, kiosk: Kiosk) -> list[dict[str, int]]:
        return [{"epoch": e, "from": first, "to": last} for e, first, last in missing(kiosk)]


class KeyShownSerializer(serializers.Serializer[Any]):
    """A key in clear text: this once, and never again."""

    key_id = serializers.CharField()
    key = serializers.CharField()


class NewKioskShownSerializer(WholeKioskSerializer):
    key_id = serializers.CharField(read_only=True)
    key = serializers.CharField(read_only=True, help_text="Shown this once.")

    class Meta(WholeKioskSerializer.Meta):
        fields = (*WholeKioskSerializer.Meta.fields, "key_id", "key")


class KioskKeySerializer(serializers.ModelSerializer[KioskKey]):
    id = serializers.CharField(source="key_id")

    class Meta:
        model = KioskKey
        fields = ("id", "key_id", "created_at", "revoked_at")


class NewTagSerializer(serializers.Serializer[Any]):
    uid = serializers.CharField(
        max_length=64, write_only=True, help_text="As the kiosks read it; only a hash is kept."
    )
    wallet = IdField()
    label = serializers.CharField(  # type: ignore[assignment]  # the API's word
        max_length=40, required=False, allow_blank=True, default=""
    )


class TagChangeSerializer(serializers.Serializer[Any]):
    wallet = IdField(required=False)
    state = serializers.ChoiceField(choices=TagState.choices, required=False)
    label = serializers.CharField(  # type: ignore[assignment]  # the API's word
        max_length=40, required=False, allow_blank=True
    )


class TagSerializer(serializers.ModelSerializer[Tag]):
    id = serializers.CharField(source="public_id")
    wallet = serializers.CharField(source="wallet.public_id")
    account_no = serializers.CharField(source="wallet.account_no", help_text="The wallet's.")
    subscriber = serializers.IntegerField(source="wallet.subscriber_id", help_text="Its owner.")
    customer = serializers.CharField(source="wallet.subscriber.name", help_text="Called so.")

    class Meta:
        model = Tag
        fields = (
            "id",
            "wallet",
            "account_no",
            "subscriber",
            "customer",
            "state",
            "label",
            "created_at",
        )


class NewLeaseSerializer(serializers.Serializer[Any]):
    kiosk = IdField()
    amount_micro = AmountField()
    currency = CurrencyField()
    ttl_s = serializers.IntegerField(min_value=1, max_value=366 * 86_400)


class LeaseSerializer(serializers.ModelSerializer[Lease]):
    id = serializers.CharField(source="public_id")
    kiosk = serializers.CharField(source="kiosk.public_id")
    wallet = serializers.CharField(source="wallet.public_id")
    amount_micro = serializers.IntegerField(source="hold.amount")
    captured_micro = serializers.IntegerField(source="hold.captured")
    currency = serializers.CharField(source="wallet.currency")
    state = serializers.ChoiceField(choices=["open", "ended", "expired"])
    expires_at = serializers.DateTimeField(source="hold.expires_at")

    class Meta:
        model = Lease
        fields = (
            "id",
            "kiosk",
            "wallet",
            "amount_micro",
            "captured_micro",
            "currency",
            "state",
            "expires_at",
            "created_at",
        )


class TransactionSerializer(serializers.ModelSerializer[WaterTransaction]):
    id = serializers.SerializerMethodField()
    kiosk = serializers.CharField(source="kiosk.public_id")
    kiosk_name = serializers.CharField(source="kiosk.name")
    site = serializers.IntegerField(source="site_id")
    state = serializers.SerializerMethodField()
    tag = serializers.CharField(source="tag.public_id", allow_null=True, default=None)
    wallet = serializers.CharField(source="wallet.public_id", allow_null=True, default=None)
    refunded_micro = serializers.IntegerField()
    flags = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(help_text="Why it is quarantined, and the record as it came.")

    class Meta:
        model = WaterTransaction
        fields = (
            "id",
            "kiosk",
            "kiosk_name",
            "site",
            "epoch",
            "seq",
            "state",
            "mode",
            "tag",
            "wallet",
            "ml",
            "pulses",
            "totalizer_ml",
            "dur_ms",
            "stop",
            "cost_micro",
            "captured_micro",
            "receivable_micro",
            "overrun_micro",
            "refunded_micro",
            "currency",
            "tariff_v",
            "device_time",
            "clk",
            "happened_at",
            "business_day",
            "received_at",
            "received_on",
            "flags",
            "note",
        )

    @extend_schema_field(str)
    def get_id(self, row: WaterTransaction) -> str:
        return public_id(row)

    @extend_schema_field({"type": "string", "enum": [*DispenseState.values, REFUNDED]})
    def get_state(self, row: Any) -> str:
        whole = row.refunded_micro and row.refunded_micro >= row.captured_micro
        return REFUNDED if whole else str(row.state)


class RefundAskedSerializer(serializers.Serializer[Any]):
    amount_micro = AmountField()
    currency = CurrencyField()
    reason = serializers.CharField(max_length=300)


class RefundedSerializer(serializers.Serializer[Any]):
    transfer = serializers.CharField()
    amount_micro = serializers.IntegerField()
    refunded_micro = serializers.IntegerField(help_text="Of the dispense, all refunds together.")
    balance_micro = serializers.IntegerField(help_text="Of the wallet, right after it.")


class WaterRefundSerializer(serializers.ModelSerializer[WaterRefund]):
    id = serializers.CharField(source="public_id")
    transfer = serializers.CharField(source="transfer_id")

    class Meta:
        model = WaterRefund
        fields = ("id", "amount_micro", "reason", "by", "transfer", "created_at")
