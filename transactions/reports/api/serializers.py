"""Shapes of the reports' API."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from transactions.reports.words import SERVICES
from wificore.access.selectors import zone

MICRO = "Micro-units: 1 KES = 1,000,000."
LONGEST = timedelta(days=400)


class TimeSerializer(serializers.Serializer[Any]):
    """A time; default: from the first of this month, in the organisation's zone, until now."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = attrs.setdefault("until", timezone.now())
        since = attrs.setdefault("since", _month_of(until))
        if not since < until <= since + LONGEST:
            message = f"`since` must be before `until`, by at most {LONGEST.days} days."
            raise serializers.ValidationError({"since": [message]})
        return attrs


def _month_of(moment: datetime) -> datetime:
    here = ZoneInfo(zone())
    first = moment.astimezone(here).date().replace(day=1)
    return datetime.combine(first, time(), here)


class IncomeQuerySerializer(TimeSerializer):
    by = serializers.ChoiceField(choices=["hour", "day"], default="hour")


class AtSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False, help_text="Default: now.")


class IncomeRowSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="The hour's or day's beginning.")
    service = serializers.ChoiceField(choices=["wifi", "water"])
    what = serializers.CharField(help_text="sale, capture ..")
    channel = serializers.CharField(help_text="cash, wallet, float ..")
    amount_micro = serializers.IntegerField(help_text=MICRO)
    number = serializers.IntegerField(help_text="How many transfers.")


class ReceivedRowSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    what = serializers.CharField(help_text="topup, sale, float, refund ..")
    channel = serializers.CharField(help_text="cash, mpesa ..")
    amount_micro = serializers.IntegerField(help_text="Below 0: it was given back.")
    number = serializers.IntegerField()


class IncomeSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    income = IncomeRowSerializer(many=True)
    received = ReceivedRowSerializer(many=True)


class ShopSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    active = serializers.BooleanField()
    float_micro = serializers.IntegerField()


class CashSerializer(serializers.Serializer[Any]):
    drawers_micro = serializers.IntegerField(help_text="In open shifts' drawers.")
    safe_micro = serializers.IntegerField(help_text="Since the books began; floats came out of it.")
    difference_micro = serializers.IntegerField(
        help_text="Missing from counted drawers, above 0; too much in them, below."
    )


class FloatsSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    resellers = ShopSerializer(many=True)
    total_micro = serializers.IntegerField()
    cash = CashSerializer()


class LiabilitySerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    at = serializers.DateTimeField()
    wallet_micro = serializers.IntegerField(help_text="What customers have in wallets.")
    float_micro = serializers.IntegerField(help_text="What resellers have in floats.")
    suspense_micro = serializers.IntegerField(help_text="What came and is nobody's yet.")
    total_micro = serializers.IntegerField()
    receivable_micro = serializers.IntegerField(help_text="What customers owe.")


class CostSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="fees, commission, overrun, refunds.")
    owner = serializers.CharField(allow_blank=True)
    amount_micro = serializers.IntegerField(help_text="What it took, above 0.")


class CostsSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    costs = CostSerializer(many=True)


class AgeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    amount_micro = serializers.IntegerField()


class AgesSerializer(serializers.Serializer[Any]):
    day = AgeSerializer(help_text="Less than a day old.")
    three_days = AgeSerializer()
    week = AgeSerializer()
    month = AgeSerializer()
    older = AgeSerializer()


@extend_schema_serializer(component_name="SuspenseReport")  # payments list suspense itself
class SuspenseSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    total_micro = serializers.IntegerField()
    ages = AgesSerializer()


class StatementQuerySerializer(TimeSerializer):
    export = serializers.ChoiceField(choices=["csv", "pdf"], required=False)


class LineSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    transfer = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="As the books call it.")
    reason = serializers.CharField(allow_blank=True)
    service = serializers.ChoiceField(choices=SERVICES)
    text = serializers.CharField(help_text="What it was: Water, 20 L at Mlango.")
    amount_micro = serializers.IntegerField()
    balance_micro = serializers.IntegerField(help_text="Right after it.")


class ByServiceSerializer(serializers.Serializer[Any]):
    wifi = serializers.IntegerField()
    water = serializers.IntegerField()
    both = serializers.IntegerField(help_text="Bundles of WiFi and water.")
    money = serializers.IntegerField(help_text="Paid in, taken back, corrected.")


class StatementSerializer(serializers.Serializer[Any]):
    """Lines oldest first: opening + in + out = closing."""

    name = serializers.CharField(allow_blank=True)
    account_no = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    opening_micro = serializers.IntegerField()
    in_micro = serializers.IntegerField()
    out_micro = serializers.IntegerField(help_text="Below 0.")
    closing_micro = serializers.IntegerField()
    by_service_micro = ByServiceSerializer(help_text="What came and went for each; below 0: went.")
    lines = LineSerializer(many=True)
