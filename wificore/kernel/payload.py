"""What may be written to events and audit: JSON of bounded size, with no secret in it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

# A name that says a value is secret. What only tells that a secret was changed may be written.
SECRET_NAME = re.compile(r"passw|secret|token|credential|private_?key|api_?key|digest", re.I)
HARMLESS_NAME = re.compile(r"_(changed|count)$")
MAX_OCTETS = 64 * 1024


class SecretInPayload(ValueError):
    """A program is about to publish or audit a secret."""


def encode(content: Mapping[str, Any]) -> str:
    """The content as JSON text for a jsonb column.

    Raises:
        SecretInPayload: a field's name, at any depth, is a secret's.
        ValueError: it is too large or cannot be JSON (NaN, for instance).
    """
    refuse_secrets(content)
    text = json.dumps(content, cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False)
    if len(text.encode()) > MAX_OCTETS:
        raise ValueError(f"larger than {MAX_OCTETS} octets: publish a reference instead")
    return text


def refuse_secrets(content: Any) -> None:
    """Look at every name in nested mappings and lists."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if SECRET_NAME.search(str(name)) and not HARMLESS_NAME.search(str(name)):
                raise SecretInPayload(f"{name} may not be published or audited")
            refuse_secrets(value)
    elif isinstance(content, list | tuple):
        for value in content:
            refuse_secrets(value)
