"""The shapes of an event, of a page of them, and of the question."""

from typing import Any

from rest_framework import serializers

from wificore.kernel.event_kinds import kinds
from wificore.kernel.events import Event

DEFAULT_LIMIT, MAX_LIMIT = 100, 500
MAX_SEQ = 2**63 - 1
TYPES = r"\A[a-z_]+(\.[a-z_]+)*\.?(,[a-z_]+(\.[a-z_]+)*\.?){0,49}\Z"


class EventSerializer(serializers.Serializer[Event]):
    """One event; on channels and in webhooks it is the same object."""

    id = serializers.CharField(help_text="Never used again: do nothing twice for the same one.")
    seq = serializers.IntegerField(help_text="1, 2, 3.. in the organisation's stream.")
    type = serializers.CharField()
    subject = serializers.CharField(help_text="The key of what it is about.")
    occurred_at = serializers.DateTimeField()
    payload = serializers.DictField()


class EventPageSerializer(serializers.Serializer[Any]):
    """A stretch of the stream, oldest first."""

    next = serializers.URLField(
        allow_null=True, help_text="Where it goes on; null: nothing newer is there yet."
    )
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    results = EventSerializer(many=True)
    upto = serializers.IntegerField(
        help_text="Looked through up to here, seen or not: ask next for what is after it."
    )
    last_seq = serializers.IntegerField(help_text="The newest event's number.")
    oldest_seq = serializers.IntegerField(help_text="The number of the oldest event kept.")


class QuestionSerializer(serializers.Serializer[Any]):
    """Query parameters."""

    after = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_SEQ,
        help_text="The last number seen. Absent: begin with the oldest event kept.",
    )
    limit = serializers.IntegerField(default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT)
    type = serializers.RegexField(
        TYPES,
        required=False,
        max_length=2000,
        help_text="`session.started`, or all that begin so: `session.`; several with commas.",
    )

    def validate_type(self, value: str) -> list[str]:
        """The declared types that are meant."""
        known = [kind.type for kind in kinds()]
        found: list[str] = []
        for part in value.split(","):
            meant = [name for name in known if name == part or _begins(name, part)]
            if not meant:
                raise serializers.ValidationError(f"No event is called {part!r}.")
            found += meant
        return found


def _begins(name: str, part: str) -> bool:
    return part.endswith(".") and name.startswith(part)
