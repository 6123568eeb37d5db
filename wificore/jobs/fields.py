"""JSON in a short varchar: a partition of such columns needs no TOAST table (TENANCY 6)."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


def dumps(value: Any) -> str:
    """ASCII, so that characters are bytes."""
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":"))


class ShortJson(models.Field[Any, Any]):
    """A JSON value of at most `max_length` bytes as text; None is NULL."""

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *_args: object) -> Any:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else dumps(value)
