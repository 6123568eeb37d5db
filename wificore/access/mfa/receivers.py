"""Factors come and go through allauth; the trail tells of it."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.dispatch import receiver

from wificore.kernel.changes import announce

from ..models import User


@receiver(authenticator_added)
def added(user: User, authenticator: Authenticator, **_kwargs: object) -> None:
    with transaction.atomic():
        announce("factor.added", user.pk, new=_told(user, authenticator))


@receiver(authenticator_reset)
def made_anew(user: User, authenticator: Authenticator, **_kwargs: object) -> None:
    """Recovery codes: new ones, and the old ones are worth nothing."""
    with transaction.atomic():
        announce("factor.renewed", user.pk, new=_told(user, authenticator))


@receiver(authenticator_removed)
def removed(user: User, authenticator: Authenticator, **_kwargs: object) -> None:
    with transaction.atomic():
        announce("factor.removed", user.pk, old=_told(user, authenticator))


def _told(user: User, authenticator: Authenticator) -> dict[str, Any]:
    return {"account": user.email, "kind": str(authenticator.type)}
