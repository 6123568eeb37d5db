"""The shapes of a line of the trail, of a search, and of an export."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wificore.jobs.models import Job
from wificore.jobs.selectors import job_public_id
from wificore.kernel.api.ranges import RangeSerializer

from ..exporting import FORMATS, expires_at
from ..models import AuditEntry
from ..selectors import entry_public_id


class EntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """Who did what, when, from where; `old` and `new` hold what differs."""

    id = serializers.SerializerMethodField()
    old = serializers.DictField(allow_null=True)
    new = serializers.DictField(allow_null=True)

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "at",
            "actor_kind",
            "actor_id",
            "actor_name",
            "actor_token",
            "address",
            "user_agent",
            "request_id",
            "action",
            "object_type",
            "object_id",
            "old",
            "new",
            "reason",
        )

    @extend_schema_field(str)
    def get_id(self, entry: AuditEntry) -> str:
        return entry_public_id(entry)


class SearchSerializer(RangeSerializer):
    """Query parameters of the list; a request for an export has the same."""

    actor = serializers.CharField(
        required=False, max_length=254, help_text="A user's address, or a program's name."
    )
    action = serializers.RegexField(
        r"\A[a-z_]+(\.[a-z_]+)*\.?\Z",
        required=False,
        max_length=64,
        help_text="`plan.updated`, or with a dot at the end all that begin so: `plan.`",
    )
    object_type = serializers.RegexField(r"\A[a-z_.]+\Z", required=False, max_length=64)
    object_id = serializers.CharField(required=False, max_length=253)
    request_id = serializers.RegexField(r"\A[A-Za-z0-9._-]+\Z", required=False, max_length=64)
    address = serializers.IPAddressField(required=False)
    q = serializers.CharField(
        required=False,
        min_length=2,
        max_length=100,
        help_text="Text in the actor's name, the object's id or name, or the reason.",
    )


class NewExportSerializer(SearchSerializer):
    """What is to be in the file."""

    format = serializers.ChoiceField(choices=list(FORMATS), default="csv")


class ExportSerializer(serializers.Serializer[Job]):
    """An export: a job, and its file once it is done."""

    id = serializers.SerializerMethodField()
    state = serializers.CharField()
    format = serializers.CharField(source="params.format")
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.SerializerMethodField()
    result = serializers.DictField(allow_null=True, help_text="Rows, bytes and SHA-256.")

    @extend_schema_field(str)
    def get_id(self, job: Job) -> str:
        return job_public_id(job)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_expires_at(self, job: Job) -> datetime | None:
        return expires_at(job)


class SealSerializer(serializers.Serializer[Any]):
    """How far the trail is sealed, and the newest seal: noted elsewhere, it is a proof."""

    sealed_up_to = serializers.DateTimeField(allow_null=True)
    seal = serializers.IntegerField()
    mac = serializers.CharField()
