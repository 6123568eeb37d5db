"""The first authentication backend: every door asks it, and it counts.

Django's `authenticate` asks the backends in turn, for the admin, for allauth's clients and for
whatever comes later. This one knows no user; it lets the others decide, or ends the matter.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from wificore.kernel.throttle import source_of, too_many

from . import lockout

MARK = "sign_in_locked"
LOCKED = "Too many failed tries: signing in is locked for a while. Try again later."


class Guard:
    """Counts the try, then leaves the decision to the backends behind it.

    It has no `get_user`, so no session is ever this backend's.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str | None = None,
        username: str | None = None,
        password: str | None = None,
        **_others: Any,
    ) -> None:
        """Raises:
        PermissionDenied: the account is locked, or this address tries too often; the request
            is marked for whoever answers.
        """
        address = address_in({"email": email, "username": username})
        if not address or not password:
            return
        if _flood(request) or not lockout.begin(address):
            if request is not None:
                setattr(request, MARK, True)
            raise PermissionDenied


def _flood(request: HttpRequest | None) -> bool:
    """One address tries too often, whatever the accounts: passwords are costly to check."""
    if request is None:
        return False
    most = lockout.conf().per_minute
    return too_many("sign-in", source_of(request), most=most, seconds=60)


def address_in(credentials: dict[str, Any]) -> str:
    """Django's forms call the address a user name. PostgreSQL knows no NUL."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    return typed.replace("\0", "")


def was_locked(request: HttpRequest | None) -> bool:
    """Whether the guard refused in this request."""
    return bool(getattr(request, MARK, False))
