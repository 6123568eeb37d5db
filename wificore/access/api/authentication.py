"""`Authorization: Token <token>`, looked up in the schema of the request's host."""

from ipaddress import ip_address, ip_network

from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from wificore.kernel.addresses import client_address
from wificore.kernel.api.schemes import Documented, header_scheme

from ..models import ApiToken, User

INVALID = "Invalid token."


class ApiTokenAuthentication(Documented, TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """knox's header and hash with one query a request; expired tokens are cleared by a job."""

    scheme_name = "token"
    scheme = header_scheme("`Token <token>`")

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        found: tuple[User, ApiToken] | None = super().authenticate(request)
        if found is not None and not _allowed_from(found[1], client_address(request)):
            raise AuthenticationFailed("This token may not be used from this address.")
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        try:
            digest = hash_token(token.decode("ascii"))
        except (ValueError, TypeError):
            raise AuthenticationFailed(INVALID) from None
        row = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if row is None or not row.user.is_active or _expired(row):
            raise AuthenticationFailed(INVALID)
        return row.user, row


def _expired(token: ApiToken) -> bool:
    return token.expiry is not None and token.expiry <= timezone.now()


def _allowed_from(token: ApiToken, address: str | None) -> bool:
    if not token.allowed_ips:
        return True
    if address is None:
        return False
    source = ip_address(address)
    return any(source in ip_network(network, strict=False) for network in token.allowed_ips)
