"""What happens when somebody signs in, fails to, or signs out, at whichever door."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from wificore.kernel.db.context import current

from ..models import User
from . import lockout, trail
from .guard import address_in, was_locked
from .sessions import STAMP

# Steps that the guard counted before they were decided.
GUARDED = ("password", "mfa")


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None, **_kwargs: object) -> None:
    """Tell of it, unless the account was locked before: that was told once."""
    address = address_in(credentials)
    if address and not was_locked(request):
        trail.failed(address)


@receiver(authentication_step_completed)
def step_completed(user: User, method: str, **details: object) -> None:
    if method in GUARDED and details.get("type") != "webauthn":
        lockout.release(user.email)


@receiver(user_logged_in)
def signed_in(user: User, request: HttpRequest, **_kwargs: object) -> None:
    lockout.clear(user.email)
    trail.succeeded(user, request)


@receiver(user_logged_out)
def signed_out(user: User | None, request: HttpRequest, **_kwargs: object) -> None:
    if user is not None and request.session.get(STAMP) == current().schema:
        trail.ended(user)


@receiver(password_reset)
def was_reset(user: User, **_kwargs: object) -> None:
    """Whoever reads the mailbox is the user: the failed tries were somebody else's, or past."""
    lockout.clear(user.email)
    trail.was_reset(user)
