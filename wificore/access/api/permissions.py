"""Every view names its permission codes; `decide` answers."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..decide import decide
from ..mfa.selectors import MFA_MESSAGE, mfa_missing
from ..models import ApiToken, User

# What a view writes instead of a code when any signed-in user (or anybody) may call it.
SIGNED_IN = "signed-in"

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def required_code(view: Any, method: str) -> str:
    """The code a method of this view asks for.

    Raises:
        LookupError: the view declares none; a route without a code is a programming error.
    """
    code: str | None = getattr(view, "code_read" if method in READ_METHODS else "code_write", None)
    if code is None and method == "OPTIONS":
        code = getattr(view, "code_write", None)  # a view that is only written to
    if code is None:
        raise LookupError(f"{type(view).__name__} declares no permission code for {method}")
    return code


class HasCode(BasePermission):
    """DRF's default permission: signed in, and allowed by `decide`."""

    message = "You may not do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not hasattr(view, str(request.method).lower()):
            return True  # DRF answers 405
        code = required_code(view, str(request.method))
        if code == SIGNED_IN:
            return True
        token = request.auth if isinstance(request.auth, ApiToken) else None
        # An API token is a credential of its own; programs have no second factor.
        if token is None and isinstance(request.user, User) and mfa_missing(request.user):
            raise PermissionDenied(MFA_MESSAGE, code="mfa_required")
        return decide(request.user, token, code).allowed
