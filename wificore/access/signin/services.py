"""Writes: sign-ins are ended, locked accounts are opened."""

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.db import transaction

from wificore.kernel.changes import announce

from ..models import User
from . import lockout, sessions


def sign_ins_revoke(*, rows: Iterable[UserSession]) -> None:
    """End these sign-ins; their cookies and tokens are nobody's from the next request on."""
    with transaction.atomic():
        for row in rows:
            told = {"account": row.user.email, "address": row.ip, "user_agent": row.user_agent}
            announce("signin.revoked", row.user_id, old=told)
            sessions.end([row.session_key])


def account_unlock(*, user: User) -> bool:
    """Forget the account's failed tries; returns whether there were any."""
    with transaction.atomic():
        found = lockout.clear(user.email)
        if found:
            announce("signin.unlocked", user.pk, new={"account": user.email})
    return found
