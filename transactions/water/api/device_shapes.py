"""Shapes of the kiosks' API, for its description: devices are read by `records` themselves."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from ..records import CLOCKS, STOPS

HEADERS = [
    OpenApiParameter(name, str, "header", required=True, description=text)
    for name, text in {
        "X-Kiosk": "The kiosk's id.",
        "X-Key-Id": "Which of its keys signs.",
        "X-Ts": "Unix seconds, at most 300 from now.",
        "X-Nonce": "8 to 64 visible ASCII characters, new for each request.",
        "X-Signature": "hex(HMAC-SHA256(key, METHOD LF PATH LF TS LF NONCE LF sha256hex(body)))",
    }.items()
]


class TimeSerializer(serializers.Serializer[Any]):
    unix = serializers.IntegerField()
    time = serializers.DateTimeField()


class AuthoriseSerializer(serializers.Serializer[Any]):
    idempotency_key = serializers.CharField(max_length=100)
    tag = serializers.CharField(max_length=64)
    max_ml = serializers.IntegerField(min_value=1)
    ttl_s = serializers.IntegerField(min_value=1, max_value=3600, required=False)


class AuthorisedSerializer(serializers.Serializer[Any]):
    """`authorised`, or `declined` with a reason."""

    status = serializers.ChoiceField(choices=["authorised", "declined"])
    reason = serializers.CharField(required=False)
    hold = serializers.CharField(allow_null=True)
    allowed_ml = serializers.IntegerField()
    amount_micro = serializers.IntegerField(required=False)
    currency = serializers.CharField(required=False)
    tariff_v = serializers.IntegerField(required=False)
    balance_micro = serializers.IntegerField(required=False)
    expires_at = serializers.DateTimeField(required=False)
    tag_id = serializers.CharField(required=False, help_text="As commands name the tag.")


class DeviceRecordSerializer(serializers.Serializer[Any]):
    """One dispense. A device never changes a record that it has stored."""

    epoch = serializers.IntegerField(min_value=1)
    seq = serializers.IntegerField(min_value=1, help_text="1, 2, 3.. in each epoch.")
    type = serializers.ChoiceField(choices=["dispense"])
    tag = serializers.CharField(allow_null=True, max_length=64)
    mode = serializers.ChoiceField(choices=["hold", "lease", "code", "staff"])
    hold = serializers.CharField(required=False)
    lease = serializers.CharField(required=False)
    pulses = serializers.IntegerField(min_value=0)
    ml = serializers.IntegerField(min_value=0)
    totalizer_ml = serializers.IntegerField(min_value=0)
    dur_ms = serializers.IntegerField(min_value=0)
    stop = serializers.ChoiceField(choices=STOPS)
    tariff_v = serializers.IntegerField(min_value=1)
    t = serializers.DateTimeField(allow_null=True)
    clk = serializers.ChoiceField(choices=CLOCKS)
    up_ms = serializers.IntegerField(min_value=0)


class RecordsSerializer(serializers.Serializer[Any]):
    records = serializers.ListField(child=DeviceRecordSerializer(), max_length=100)
    health = serializers.DictField(required=False)


class ResultSerializer(serializers.Serializer[Any]):
    epoch = serializers.IntegerField(allow_null=True)
    seq = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(
        choices=["completed", "partial", "aborted", "quarantined", "conflict", "invalid"]
    )
    id = serializers.CharField(allow_null=True)
    balance_micro = serializers.IntegerField(allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    results = ResultSerializer(many=True)
    ack_through = serializers.DictField(child=serializers.IntegerField())
    cmds = serializers.ListField(child=serializers.DictField())
