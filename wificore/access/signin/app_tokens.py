"""Tokens of apps: allauth's JWT strategy, tied to one schema and to one sign-in.

    access token    minutes; carries user, sign-in and schema, and is checked against all three
    refresh token   as long as the sign-in, once: each use gives the next

A token is worth nothing without its sign-in, which lies in the schema's own table, so that signing
out, revoking, a new password and deactivation end it at once.
"""

from typing import Any

from allauth.core.internal.httpkit import get_authorization_credential
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from wificore.kernel.db.context import current

from ..models import User
from .sessions import STAMP

SCHEME = "Bearer"
CLAIM = "schema"


def access_token_read(token: str) -> tuple[User, dict[str, Any]] | None:
    """Whose token this is and its claims; None if it is not valid here and now."""
    found = internal.validate_access_token(token)
    if found is None or found[1].get(CLAIM) != current().schema:
        return None
    user, claims = found
    return user, claims


class TokenStrategy(JWTTokenStrategy):
    """HEADLESS_TOKEN_STRATEGY."""

    def get_claims(self, user: User) -> dict[str, Any]:
        return {CLAIM: current().schema}

    def _get_access_token(self, request: HttpRequest) -> dict[str, Any] | None:
        token = get_authorization_credential(request, SCHEME)
        found = access_token_read(token) if token else None
        return found[1] if found else None

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """A session of this schema; one that is not signed in yet has no stamp."""
        session: SessionBase | None = super().lookup_session(session_token)
        if session is None or session.get(STAMP) not in (None, current().schema):
            return None
        return session

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        found = internal.validate_refresh_token(refresh_token)
        if found is None or found[1].get(STAMP) != current().schema:
            return None
        pair: tuple[str, str] | None = super().refresh_token(refresh_token)
        return pair
