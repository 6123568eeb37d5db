"""Reads: the policy, and whether a user has done what it asks."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from ..models import User
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
    """Whether the user must set up a second factor before anything else."""
    return mfa_required(user) and not is_mfa_enabled(user, FACTORS)
