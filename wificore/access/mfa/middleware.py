"""The admin is closed to a signed-in user who must set up a second factor first.

The API says the same in `api.permissions`, which also knows the tokens of apps.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wificore.kernel.api.middleware import GetResponse

from ..models import User
from .selectors import MFA_MESSAGE, mfa_missing

# What is needed to sign in and to leave.
OPEN = ("/admin/login/", "/admin/logout/", "/admin/jsi18n/")


def mfa_middleware(get_response: GetResponse) -> GetResponse:
    """Stands behind the one that finds the session's user."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        closed = request.path.startswith("/admin/") and not request.path.startswith(OPEN)
        if closed and isinstance(request.user, User) and mfa_missing(request.user):
            plain = "text/plain; charset=utf-8"
            return HttpResponse(MFA_MESSAGE, status=403, content_type=plain)
        return get_response(request)

    return middleware
