"""Shapes of kiosks' totals, signals and calibrations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..models import Calibration, KioskDay, KioskSignal
from ..signals.rules import Signal
from .serializers import MICRO, RangeSerializer

ML = "Millilitres."
MOST_ML, MOST_PULSES = 1_000_000, 100_000_000


class KioskDaySerializer(serializers.ModelSerializer[KioskDay]):
    """change = sold + test + free + unexplained."""

    id = serializers.CharField(source="pk")
    kiosk = serializers.CharField(source="kiosk.public_id")
    site = serializers.IntegerField(source="site_id")
    change_ml = serializers.IntegerField(help_text="What the meter counted.")
    unexplained_ml = serializers.IntegerField(help_text=ML)
    in_doubt = serializers.BooleanField(help_text="More is unexplained than meters are inexact.")
    income_micro = serializers.IntegerField(help_text=MICRO)
    missing = serializers.IntegerField(help_text="How many records did not come.")
    gaps = serializers.SerializerMethodField()

    class Meta:
        model = KioskDay
        fields = (
            "id",
            "kiosk",
            "site",
            "day",
            "change_ml",
            "sold_ml",
            "test_ml",
            "free_ml",
            "unexplained_ml",
            "in_doubt",
            "income_micro",
            "overrun_micro",
            "completed",
            "partial",
            "aborted",
            "quarantined",
            "missing",
            "gaps",
            "counted_at",
        )

    @extend_schema_field(RangeSerializer(many=True))
    def get_gaps(self, row: KioskDay) -> list[dict[str, int]]:
        return [{"epoch": epoch, "from": first, "to": last} for epoch, first, last in row.gaps]


class SignalSerializer(serializers.ModelSerializer[KioskSignal]):
    id = serializers.CharField(source="pk")
    kiosk = serializers.CharField(source="kiosk.public_id")
    name = serializers.CharField(source="kiosk.name", help_text="The kiosk's.")
    site = serializers.IntegerField(source="kiosk.site_id")
    signal = serializers.ChoiceField(choices=[(str(s), str(s)) for s in Signal])
    open = serializers.SerializerMethodField()
    tag = serializers.SerializerMethodField(help_text="The tag's id, where it is about one.")
    day = serializers.SerializerMethodField(help_text="The business day, where it is about one.")
    litres = serializers.SerializerMethodField()
    records = serializers.SerializerMethodField(help_text="How many are missing.")

    class Meta:
        model = KioskSignal
        fields = (
            "id",
            "kiosk",
            "name",
            "site",
            "signal",
            "open",
            "tag",
            "day",
            "litres",
            "records",
            "since",
            "seen_at",
            "over_at",
        )

    def get_open(self, row: KioskSignal) -> bool:
        return row.over_at is None

    def get_tag(self, row: KioskSignal) -> str:
        return str(row.detail.get("tag", ""))

    def get_day(self, row: KioskSignal) -> str:
        return str(row.detail.get("day", ""))

    def get_litres(self, row: KioskSignal) -> int:
        return int(row.detail.get("litres", 0))

    def get_records(self, row: KioskSignal) -> int:
        return int(row.detail.get("records", 0))


class CalibrationRequestSerializer(serializers.Serializer[Any]):
    measured_ml = serializers.IntegerField(
        min_value=1, max_value=MOST_ML, help_text="What was in the vessel."
    )
    pulses = serializers.IntegerField(
        min_value=1, max_value=MOST_PULSES, help_text="What the meter counted meanwhile."
    )
    confirm = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=MOST_PULSES,
        help_text="The `new_pulses_per_litre` that was shown, to have it so; absent: only look.",
    )


class MeasuredSerializer(serializers.Serializer[Any]):
    """What a measurement says; nothing is changed."""

    old_pulses_per_litre = serializers.IntegerField()
    new_pulses_per_litre = serializers.IntegerField()
    change_percent = serializers.FloatField()


class CalibrationSerializer(serializers.ModelSerializer[Calibration]):
    id = serializers.CharField(source="pk")

    class Meta:
        model = Calibration
        fields = (
            "id",
            "at",
            "by",
            "measured_ml",
            "pulses",
            "old_pulses_per_litre",
            "new_pulses_per_litre",
        )
