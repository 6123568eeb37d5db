"""Shapes of water's reports. Days are business days, where the kiosk stands."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from wificore.access.selectors import zone

from .serializers import LONGEST, MICRO


class MissingQuerySerializer(serializers.Serializer[Any]):
    kiosk = serializers.CharField(required=False, default="", help_text="This one alone.")
    export = serializers.ChoiceField(choices=["csv"], required=False)


class DaysSerializer(MissingQuerySerializer):
    """Days, the last one included; default: this month until today."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = timezone.now().astimezone(ZoneInfo(zone())).date()
        until = attrs.setdefault("until", today)
        since = attrs.setdefault("since", until.replace(day=1))
        if not since <= until <= since + timedelta(days=LONGEST.days):
            message = f"`since` must not be after `until`, nor {LONGEST.days} days before it."
            raise serializers.ValidationError({"since": [message]})
        return attrs


class SalesQuerySerializer(DaysSerializer):
    by = serializers.ChoiceField(choices=["hour", "day"], default="day")


class TagsQuerySerializer(DaysSerializer):
    dormant_days = serializers.IntegerField(default=30, min_value=1, max_value=3_650)
    list = serializers.ChoiceField(
        choices=["top", "dormant"], default="top", help_text="Which one a file has."
    )


class OfKioskSerializer(serializers.Serializer[Any]):
    kiosk = serializers.CharField()
    name = serializers.CharField()
    site = serializers.IntegerField()


class SalesRowSerializer(OfKioskSerializer):
    day = serializers.DateField()
    hour = serializers.IntegerField(required=False, help_text="0 to 23, on the site's clock.")
    sold_ml = serializers.IntegerField()
    income_micro = serializers.IntegerField(help_text=MICRO)
    number = serializers.IntegerField(help_text="How many dispenses.")


class TotalizerRowSerializer(OfKioskSerializer):
    """change = sold + test + free + unexplained."""

    day = serializers.DateField()
    change_ml = serializers.IntegerField(help_text="What the meter counted.")
    sold_ml = serializers.IntegerField()
    test_ml = serializers.IntegerField()
    free_ml = serializers.IntegerField()
    unexplained_ml = serializers.IntegerField()
    in_doubt = serializers.BooleanField(help_text="More is unexplained than meters are inexact.")
    missing = serializers.IntegerField(help_text="How many records did not come.")


class TagRowSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField()
    label: Any = serializers.CharField(allow_blank=True)
    wallet = serializers.CharField()
    account_no = serializers.CharField()
    customer = serializers.CharField(allow_blank=True)
    last_day = serializers.DateField(allow_null=True, help_text="Null: it never drew any.")


class TopTagSerializer(TagRowSerializer):
    ml = serializers.IntegerField()
    income_micro = serializers.IntegerField()
    number = serializers.IntegerField()


class FailureRowSerializer(OfKioskSerializer):
    completed = serializers.IntegerField()
    partial: Any = serializers.IntegerField()
    aborted = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    declined = serializers.IntegerField(help_text="Questions that were answered with no.")
    conflicts = serializers.IntegerField(help_text="Records under a number that was taken.")
    overrun_micro = serializers.IntegerField(help_text="Given above what was set aside.")
    refunds = serializers.IntegerField()
    refunded_micro = serializers.IntegerField()


class GapRowSerializer(OfKioskSerializer):
    epoch = serializers.IntegerField()
    to = serializers.IntegerField()
    records = serializers.IntegerField(help_text="How many.")

    def get_fields(self) -> Any:
        # `from` is no name for a class's attribute.
        return {**super().get_fields(), "from": serializers.IntegerField()}


class ReportSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()


class SpanSerializer(ReportSerializer):
    since = serializers.DateField()
    until = serializers.DateField()


@extend_schema_serializer(component_name="WaterSales")
class SalesSerializer(SpanSerializer):
    by = serializers.ChoiceField(choices=["hour", "day"])
    sales = SalesRowSerializer(many=True)


@extend_schema_serializer(component_name="WaterTotalizers")
class TotalizersSerializer(SpanSerializer):
    days = TotalizerRowSerializer(many=True)


@extend_schema_serializer(component_name="WaterTags")
class TagsSerializer(SpanSerializer):
    dormant_days = serializers.IntegerField()
    top = TopTagSerializer(many=True)
    dormant = TagRowSerializer(many=True)


@extend_schema_serializer(component_name="WaterFailures")
class FailuresSerializer(SpanSerializer):
    kiosks = FailureRowSerializer(many=True)


@extend_schema_serializer(component_name="WaterMissing")
class GapsSerializer(ReportSerializer):
    missing = GapRowSerializer(many=True)
