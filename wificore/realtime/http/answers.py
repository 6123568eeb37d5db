"""What a call is answered with: always JSON, errors in the API's one shape."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON that comes with it."""

    status: int
    content: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        return json.dumps(self.content, separators=(",", ":")).encode()


class Refused(Exception):
    """Why a call is not carried out.

    Args:
        field: the part of the body that is at fault (`batch[2].name`).
        retry_after_s: when it may be tried again.
    """

    def __init__(
        self, status: int, message: str, *, field: str = "", retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.field = status, message, field
        self.retry_after_s = retry_after_s

    def answer(self) -> Answer:
        fields = {self.field: [self.message]} if self.field else {}
        error = {
            "code": CODES[self.status],
            "message": self.message,
            "fields": fields,
            "request_id": secrets.token_hex(8),
        }
        headers = {}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        return Answer(self.status, {"error": error}, headers)


CODES = {
    400: "validation_error",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "throttled",
    500: "server_error",
    503: "unavailable",
}
