"""The shape of a job."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wificore.kernel.api.ranges import RangeSerializer
from wificore.kernel.rights import may

from ..handlers import code_of
from ..models import Job, JobState
from ..selectors import job_public_id


class JobSerializer(serializers.ModelSerializer[Job]):
    id = serializers.SerializerMethodField()
    params = serializers.DictField()
    result = serializers.DictField(allow_null=True)

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "state",
            "params",
            "done",
            "total",
            "note",
            "result",
            "error",
            "attempts",
            "max_attempts",
            "created_by",
            "created_at",
            "started_at",
            "finished_at",
        )

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """What it did is shown to those who may do it."""
        shown = super().to_representation(instance)
        code = code_of(instance.kind)
        if code and not may(self.context["request"], code):
            shown |= {"params": {}, "result": None, "error": ""}
        return shown

    @extend_schema_field(str)
    def get_id(self, job: Job) -> str:
        return job_public_id(job)


class JobFilterSerializer(RangeSerializer):
    """Query parameters of the list."""

    kind = serializers.RegexField(r"\A[a-z0-9_.]{1,80}\Z", required=False)
    state = serializers.ChoiceField(choices=JobState.choices, required=False)
