"""The shape of a job."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wificore.kernel.api.ranges import RangeSerializer

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

    @extend_schema_field(str)
    def get_id(self, job: Job) -> str:
        return job_public_id(job)


class JobFilterSerializer(RangeSerializer):
    """Query parameters of the list."""

    kind = serializers.RegexField(r"\A[a-z0-9_.]{1,80}\Z", required=False)
    state = serializers.ChoiceField(choices=JobState.choices, required=False)
