"""Every view names its permission codes; `decide` answers."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..checks import allowed, token_of
from ..declared import SIGNED_IN, required_code
from ..mfa.selectors import MFA_MESSAGE, mfa_missing
from ..models import User

__all__ = ["SIGNED_IN", "HasCode", "required_code"]


class HasCode(BasePermission):
    """DRF's default permission: signed in, and allowed by `decide`."""

    message = "You may not do this."
    asks_decide = True

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not hasattr(view, str(request.method).lower()):
            return True  # DRF answers 405
        code = required_code(view, str(request.method))
        if code == SIGNED_IN:
            return True
        check_factor(request)
        return allowed(request, code)


def check_factor(request: Request) -> None:
    """Raises PermissionDenied: the user must set up a second factor before anything else.

    An API token is a credential of its own; programs have no second factor.
    """
    user = request.user
    if token_of(request) is None and isinstance(user, User) and mfa_missing(user):
        raise PermissionDenied(MFA_MESSAGE, code="mfa_required")
