"""Reads: the policy, and whether a user has done what it asks.

The answer is cached as rights are (`access.subjects`): under the user's `authz_version`, which
every change of roles, of the policy and of the user's factors counts up.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.cache import cache
from django.db import connections

from ..models import User
from ..subjects import KEEP_S
from .models import EVERYBODY, ONLY, SignInPolicy

MFA_MESSAGE = "Set up a second factor first: an authenticator app or a passkey."
# Recovery codes alone are no factor: they come with one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def policy() -> SignInPolicy:
    """The schema's policy; one that asks nothing if none was set."""
    return SignInPolicy.objects.filter(pk=ONLY).first() or SignInPolicy()


def mfa_required(user: User) -> bool:
    """Whether the policy asks a second factor of this user."""
    asked = set(policy().mfa_roles)
    return EVERYBODY in asked or any(rule.name in asked for rule in user.subject().roles)


def mfa_missing(user: User) -> bool:
    """Whether the user must set up a second factor before anything else; no query when cached."""
    key = f"factor:{user.pk}:{user.authz_version}"
    missing: bool | None = cache.get(key)
    if missing is None:
        missing = mfa_required(user) and not is_mfa_enabled(user, FACTORS)
        # As with rights: what an open transaction sees may never come true.
        if not connections["default"].in_atomic_block:
            cache.set(key, missing, KEEP_S)
    return missing
