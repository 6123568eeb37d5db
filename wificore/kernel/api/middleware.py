"""Outermost HTTP layers: request id, health, error shape and trailing slashes."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import is_valid_path

from ..db.context import no_context
from . import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/"
# Where programs ask: what Django or we answer for a library there is JSON too.
JSON_PREFIXES = (API_PREFIX, "/_allauth/")
HEALTH_PATHS = ("/api/health", "/api/health/")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Give each request an id (the caller's, if it is well-formed) for logs and errors."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        offered = request.headers.get("X-Request-Id", "")
        rid = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        request.request_id = rid  # type: ignore[attr-defined]  # read by errors.request_id
        with structlog.contextvars.bound_contextvars(request_id=rid):
            answer = get_response(request)
        answer["X-Request-Id"] = rid
        return answer

    return middleware


def api_error_middleware(get_response: GetResponse) -> GetResponse:
    """Bring every error under /api/ that Django itself answers into the one shape."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        if answer.status_code < 400 or not request.path.startswith(API_PREFIX):
            return answer
        if isinstance(answer, HttpResponse) and not _is_shaped(answer):
            return errors.reshape(request, answer)
        return answer

    return middleware


def _is_shaped(answer: HttpResponse) -> bool:
    return "json" in answer.get("Content-Type", "") and answer.content.startswith(b'{"error":')


def health_middleware(get_response: GetResponse) -> GetResponse:
    """`GET /api/health` on any host, also on an address; it needs no database."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path not in HEALTH_PATHS:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            answer = errors.response(request, 405, "method_not_allowed", "Only GET is allowed.")
            answer["Allow"] = "GET, HEAD"
            return answer
        return JsonResponse({"status": "healthy"})

    return middleware


def context_reset_middleware(get_response: GetResponse) -> GetResponse:
    """A request begins and ends without a tenant, whatever its thread did before."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with no_context():
            return get_response(request)

    return middleware


def api_slash_middleware(get_response: GetResponse) -> GetResponse:
    """Serve API collections without their trailing slash too; nothing is ever redirected.

    Only `path_info` changes: `request.path` stays as sent, because signatures are over it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        urlconf = getattr(request, "urlconf", None)
        if (
            path.startswith(API_PREFIX)
            and not path.endswith("/")
            and not is_valid_path(path, urlconf)
            and is_valid_path(f"{path}/", urlconf)
        ):
            request.path_info = f"{path}/"
        return get_response(request)

    return middleware
