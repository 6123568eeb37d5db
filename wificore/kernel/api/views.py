"""Django's own error pages and the CSRF refusal, for both hosts."""

from django.http import HttpRequest, HttpResponse

from . import errors


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the one shape under /api/, a plain page elsewhere."""
    message = "CSRF verification failed: reload the page and send its CSRF token."
    if request.path.startswith("/api/"):
        return errors.response(request, 403, "csrf_failed", message)
    return HttpResponse(message, status=403, content_type="text/plain; charset=utf-8")
