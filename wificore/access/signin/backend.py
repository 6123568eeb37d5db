"""The password of a user of the active schema. It stands behind the guard."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from ..models import User
from .guard import address_in
from .lockout import normalised


class PasswordBackend(AuthenticationBackend):
    """allauth's, which hashes once even if there is no such user, on our own users' addresses.

    An inactive user is nobody here: the answer is a wrong password's.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        address = normalised(address_in(credentials))
        user = User.objects.filter(email=address).first() if "\0" not in address else None
        if user is None:
            return None
        self._did_check_password = True
        right = user.check_password(str(credentials.get("password") or ""))
        return user if right and user.is_active else None
