"""URL routes under /_allauth/, on both hosts: allauth's own, less what we do not offer."""

from collections.abc import Iterator

from allauth.headless.constants import Client
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import csrf_exempt

from .views import COUNTED

# Telephones and codes by mail, with which nobody signs in here.
CLOSED = (
    "account/phone",
    "auth/phone/verify",
    "auth/phone/verify/resend",
    "auth/code/request",
    "auth/code/confirm",
    "auth/code/resend",
)


@csrf_exempt
def closed(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": 404}, status=404)


def _ours(client: Client) -> Iterator[URLPattern]:
    """What stands before allauth's routes of the same names."""
    for route in CLOSED:
        yield path(f"{client.value}/v1/{route}", closed)
    for route, view in COUNTED.items():
        yield path(f"{client.value}/v1/{route}", view.as_api_view(client=client))


urlpatterns = [
    *(pattern for client in Client for pattern in _ours(client)),
    path("", include("allauth.headless.urls")),
]
