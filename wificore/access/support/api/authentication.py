"""`Authorization: Support <token>`, looked up in the schema of the request's host."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from wificore.kernel.api.schemes import Documented, header_scheme

from ..actor import SupportActor
from ..models import SupportSession
from ..selectors import session_by_token

KEYWORD = b"support"
OVER = "This support session is over, or its token is wrong."
PARTS = 2


class SupportAuthentication(Documented, BaseAuthentication):
    """One query, for requests with this header only; every other request costs nothing more."""

    scheme_name = "support"
    scheme = header_scheme("`Support <token>` of a support session, on its tenant's host")

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
