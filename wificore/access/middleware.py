"""Session cookies and sign-ins belong to one host and one schema."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from wificore.kernel.api.middleware import GetResponse
from wificore.kernel.db.context import current

from .signin.sessions import STAMP


def session_cookie_middleware(get_response: GetResponse) -> GetResponse:
    """Operators carry another cookie than staff: outside, it has its own name."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not current().is_platform:
            return get_response(request)
        inside, outside = settings.SESSION_COOKIE_NAME, settings.PLATFORM_SESSION_COOKIE_NAME
        request.COOKIES.pop(inside, None)
        if outside in request.COOKIES:
            request.COOKIES[inside] = request.COOKIES.pop(outside)
        answer = get_response(request)
        if inside in answer.cookies:
            morsel = answer.cookies.pop(inside)
            morsel.set(outside, morsel.value, morsel.coded_value)
            answer.cookies[outside] = morsel
        return answer

    return middleware


def membership_middleware(get_response: GetResponse) -> GetResponse:
    """End a sign-in whose stamp is not this host's schema (a copied cookie, a shared store)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        stamp = request.session.get(STAMP)
        if stamp is not None and stamp != current().schema:
            logout(request)
        return get_response(request)

    return middleware
