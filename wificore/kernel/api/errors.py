"""The one error shape of the API (API-CONTRACT 1):

{"error": {"code", "message", "fields": {name: [..]}, "request_id"}}
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

# Codes for answers that did not come from an exception with a code of its own.
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "internal_error",
    503: "unavailable",
}
NON_FIELD = "non_field_errors"


class Conflict(APIException):
    """409: the request is well-formed, but what it names is already taken or changed."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "This conflicts with what is already stored."


class DomainError(Exception):
    """Base of refusals that services raise; the API answers `status` with the one shape.

    Attributes:
        field: the request field at fault, if there is one.
    """

    status = 400
    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def body(
    code: str, message: str, request_id: str, fields: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    error = {"code": code, "message": message, "fields": fields or {}, "request_id": request_id}
    return {"error": error}


def response(request: HttpRequest, status_code: int, code: str, message: str) -> JsonResponse:
    """An error answered outside DRF, by middleware or Django itself."""
    return JsonResponse(body(code, message, request_id(request)), status=status_code)


def request_id(request: Any) -> str:
    return str(getattr(request, "request_id", ""))


def reshape(request: HttpRequest, plain: HttpResponse) -> JsonResponse:
    """The same status in the one shape, for an answer that is not in it."""
    code = CODES.get(plain.status_code, "error")
    message = HTTPStatus(plain.status_code).phrase
    shaped = response(request, plain.status_code, code, message)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if plain.has_header(name):
            shaped[name] = plain[name]
    return shaped


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER."""
    request = context["request"]
    if isinstance(error, DomainError):
        fields = {error.field: [error.message]} if error.field else {}
        content = body(error.code, error.message, request_id(request), fields)
        return Response(content, status=error.status)
    answer = drf_exception_handler(error, context)
    if answer is not None:
        answer.data = _shape(error, answer, request_id(request))
    return answer


def _shape(error: Exception, answer: Response, rid: str) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        fields = flatten(answer.data)
        return body("validation_error", _summary(fields), rid, fields)
    detail = answer.data.get("detail", "") if isinstance(answer.data, dict) else ""
    code = getattr(detail, "code", None) or CODES.get(answer.status_code, "error")
    fields = flatten({k: v for k, v in dict(answer.data).items() if k != "detail"})
    return body(str(code), str(detail), rid, fields)


def _summary(fields: dict[str, list[str]]) -> str:
    name, messages = next(iter(fields.items()), ("", ["Invalid input."]))
    return messages[0] if name in ("", NON_FIELD) else f"{name}: {messages[0]}"


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested details as {dotted path: [messages]}."""
    if isinstance(detail, dict):
        inner = [flatten(value, _join(prefix, key)) for key, value in detail.items()]
        return {path: found for part in inner for path, found in part.items()}
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        return flatten({str(i): item for i, item in enumerate(detail) if item}, prefix)
    items = detail if isinstance(detail, list) else [detail]
    return {prefix or NON_FIELD: [str(ErrorDetail(item)) for item in items]}


def _join(prefix: str, key: Any) -> str:
    return f"{prefix}.{key}" if prefix else str(key)
