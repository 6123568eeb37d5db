"""The benchmark's URLs instead of those that the tenant's middleware has chosen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from .common import ROOT_URLCONF

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def urls_middleware(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = ROOT_URLCONF  # type: ignore[attr-defined]  # Django reads it
        return get_response(request)

    return middleware
