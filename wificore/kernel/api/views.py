"""Django's own error pages and the CSRF refusal, for both hosts."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from . import errors
from .middleware import JSON_PREFIXES

RETRY_AFTER_S = "5"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the one shape under /api/, a plain page elsewhere."""
    message = "CSRF verification failed: reload the page and send its CSRF token."
    return _answer(request, 403, "csrf_failed", message)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500 of both hosts: a database that is away is 503, which a client may try again.

    Every layer's exceptions come here, middleware's too: Django turns each into an answer where
    it is raised, so that no outer middleware sees it.
    """
    if _database_is_away(sys.exc_info()[1]):
        answer = _answer(request, 503, "unavailable", "The database is not available right now.")
        answer["Retry-After"] = RETRY_AFTER_S
        return answer
    return _answer(request, 500, "internal_error", "Something went wrong on our side.")


def _database_is_away(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if request.path.startswith(JSON_PREFIXES):
        return errors.response(request, status, code, message)
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
