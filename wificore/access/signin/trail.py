"""Audit lines and events of signing in; of what was typed, nothing is kept but known addresses."""

from allauth.account.internal.flows.login import get_authentication_records
from django.db import transaction
from django.http import HttpRequest

from wificore.kernel.changes import announce

from ..models import User
from . import lockout


def failed(address: str) -> None:
    """A wrong password or code; the last one that is allowed also tells of the lock.

    An address that is no user's may be a password typed into the wrong field: it is not kept.
    """
    user = User.objects.filter(email=lockout.normalised(address)).first()
    who = str(user.pk) if user else lockout.account_of(address)[:16]
    told = {"account": user.email if user else "", "known": user is not None}
    with transaction.atomic():
        announce("signin.failed", who, new=told)
        if lockout.is_locked(address):
            announce("signin.locked", who, new=told)


def succeeded(user: User, request: HttpRequest) -> None:
    records = get_authentication_records(request, user)
    methods = [str(record["method"]) for record in records] or ["password"]
    with transaction.atomic():
        announce("signin.succeeded", user.pk, new={"account": user.email, "methods": methods})


def ended(user: User) -> None:
    with transaction.atomic():
        announce("signin.ended", user.pk, old={"account": user.email})


def was_reset(user: User) -> None:
    with transaction.atomic():
        announce("signin.reset", user.pk, new={"account": user.email})
