"""URL routes under /_allauth/, on both hosts: allauth's own, less what we do not offer."""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

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


urlpatterns = [
    *(path(f"{client}/v1/{route}", closed) for client in ("browser", "app") for route in CLOSED),
    path("", include("allauth.headless.urls")),
]
