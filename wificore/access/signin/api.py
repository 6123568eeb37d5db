"""`Authorization: Bearer <access token>` of an app, on the API."""

from typing import Any, ClassVar

from allauth.core.internal.httpkit import get_authorization_credential
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from wificore.kernel.api.schemes import Documented

from ..models import User
from .app_tokens import SCHEME, access_token_read


class AppTokenAuthentication(Documented, BaseAuthentication):
    """A user's own rights: an app acts for the person who signed in with it."""

    scheme_name = "app"
    scheme: ClassVar[dict[str, Any]] = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of `/_allauth/app/v1/auth/login`.",
    }

    def authenticate(self, request: Request) -> tuple[User, dict[str, Any]] | None:
        token = get_authorization_credential(request, SCHEME)
        if token is None:
            return None
        found = access_token_read(token)
        if found is None:
            raise AuthenticationFailed("Invalid or expired access token: refresh it.")
        return found

    def authenticate_header(self, request: Request) -> str:
        return SCHEME
