"""`Authorization: Support <token>`, looked up in the schema of the request's host."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ..actor import SupportActor
from ..models import SupportSession
from ..selectors import session_by_token

KEYWORD = b"support"
OVER = "This support session is over, or its token is wrong."
PARTS = 2


class SupportAuthentication(BaseAuthentication):
    """One query, for requests with this header only; every other request costs nothing more."""

    def authenticate(self, request: Request) -> tuple[SupportActor, SupportSession] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD:
            return None
        session = _session(parts)
        if session is None:
            raise AuthenticationFailed(OVER)
        return SupportActor(session), session

    def authenticate_header(self, request: Request) -> str:
        return "Support"


def _session(parts: list[bytes]) -> SupportSession | None:
    if len(parts) != PARTS or not parts[1].isascii():
        return None
    return session_by_token(parts[1].decode("ascii"))


class SupportScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names this way to sign in."""

    target_class = SupportAuthentication
    name = "support"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Support <token>` of a support session, on its tenant's host",
        }
