"""`Authorization: Bearer <access token>` of an app, on the API."""

from typing import Any

from allauth.core.internal.httpkit import get_authorization_credential
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ..models import User
from .app_tokens import SCHEME, access_token_read


class AppTokenAuthentication(BaseAuthentication):
    """A user's own rights: an app acts for the person who signed in with it."""

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


class AppTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names this way to sign in."""

    target_class = AppTokenAuthentication
    name = "app"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of `/_allauth/app/v1/auth/login`.",
        }
