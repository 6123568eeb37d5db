"""Factors come and go through allauth; the trail tells of it."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from wificore.kernel.changes import announce

from ..models import User
from .services import answers_forget


@receiver(authenticator_added)
def added(user: User, authenticator: Authenticator, **_kwargs: object) -> None:
    with transaction.atomic():
        answers_forget(user.pk)
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


@receiver(post_delete, sender=Authenticator)
def gone(instance: Authenticator, **_kwargs: object) -> None:
    """In the transaction of the deletion, so that no answer outlives its factor."""
    answers_forget(instance.user_id)


def _told(user: User, authenticator: Authenticator) -> dict[str, Any]:
    return {"account": user.email, "kind": str(authenticator.type)}
