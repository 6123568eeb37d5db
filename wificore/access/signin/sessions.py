"""Sign-ins as rows that a person can list and end: one for each session, made at every door."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.module_loading import import_string

from wificore.kernel.db.context import current

from ..models import User

STAMP = "_wificore_schema"


def store(key: str | None = None) -> SessionBase:
    found: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(key)
    return found


@receiver(user_logged_in)
def write_down(request: HttpRequest, **_kwargs: object) -> None:
    """The request's session is a sign-in of its user, and belongs to this schema."""
    request.session[STAMP] = current().schema
    UserSession.objects.create_from_request(request)


@receiver(user_logged_out)
def cross_out(user: User | None, request: HttpRequest, **_kwargs: object) -> None:
    key = request.session.session_key
    if user is not None and key:
        UserSession.objects.filter(user_id=user.pk, session_key=key).delete()


def end(keys: list[str]) -> None:
    """End these sessions, in the caller's transaction.

    The cache forgets them after the commit: before, another request could fill it again.
    """
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    transaction.on_commit(lambda: _forget(keys))


def end_all(user: User) -> int:
    """End every sign-in of a user, in the caller's transaction; returns how many there were."""
    keys = list(UserSession.objects.filter(user_id=user.pk).values_list("session_key", flat=True))
    end(keys)
    return len(keys)


def _forget(keys: list[str]) -> None:
    for key in keys:
        store().delete(key)
