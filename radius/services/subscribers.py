"""Writes: subscribers, each with its standard rad* rows in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from radius.models import Plan, Subscriber, SubscriberStatus
from wificore.files.services import files_forget
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import Change, announce, announce_many, snapshot, stored

from . import compiling

# What events and audit tell of a subscriber; of the password only that it was changed.
TOLD = ("username", "name", "phone", "plan", "status", "expires_at")


class SubscriberInvalid(DomainError):
    """A subscriber cannot be like this."""

    code = "validation_error"


class SubscriberInUse(DomainError):
    """The books know this subscriber."""

    status = 409
    code = "subscriber_in_use"


def subscriber_create(
    *,
    username: str,
    password: str,
    plan: Plan | None,
    name: str = "",
    phone: str = "",
    status: str = SubscriberStatus.ACTIVE,
    expires_at: datetime | None = None,
) -> Subscriber:
    """A new account that can log in at once; without a plan, as soon as one is bought.

    Raises:
        SubscriberInvalid: a value cannot be stored, or the username is taken.
    """
    subscriber = Subscriber(
        username=username, plan=plan, name=name, phone=phone, status=status, expires_at=expires_at
    )
    return subscriber_save_new(subscriber=subscriber, password=password)


def subscriber_save_new(*, subscriber: Subscriber, password: str) -> Subscriber:
    """`subscriber_create` for a form that has filled the object already."""
    return _saved(subscriber, password)


def subscribers_create(*, plan: Plan, accounts: Sequence[tuple[str, str]]) -> int:
    """Many accounts of one plan as (username, password), in one transaction; existing ones stay.

    Returns: how many were new.
    """
    names = [username for username, _ in accounts]
    with transaction.atomic():
        known = set(
            Subscriber.objects.filter(username__in=names).values_list("username", flat=True)
        )
        fresh = [(Subscriber(username=u, plan=plan), p) for u, p in accounts if u not in known]
        Subscriber.objects.bulk_create(subscriber for subscriber, _ in fresh)
        compiling.write_subscribers(fresh)
        made = [Change(account.pk, new=snapshot(account, TOLD)) for account, _ in fresh]
        announce_many("subscriber.created", made)
    return len(fresh)


def subscriber_update(
    *,
    subscriber: Subscriber,
    password: str | None = None,
    before: str | None = None,
    **changes: Any,
) -> Subscriber:
    """Change an account; the next login already follows it.

    Args:
        password: None keeps the present one.
        before: the stored username, where a form has already changed the object.

    Raises:
        SubscriberInvalid: a value cannot be stored, or the username is taken.
    """
    before = before or subscriber.username
    for field, value in changes.items():
        setattr(subscriber, field, value)
    return _saved(subscriber, password, before=before)


def subscriber_delete(*, subscriber: Subscriber) -> None:
    """Remove an account and everything a login would read of it.

    Raises:
        SubscriberInUse: it has a wallet, whose entries are never deleted.
    """
    key, username = subscriber.pk, subscriber.username
    try:
        with transaction.atomic():
            old = stored(subscriber, TOLD)
            subscriber.delete()
            files_forget(subject_type="subscriber", subject_id=key)
            _forget(username)
            announce("subscriber.deleted", key, old=old)
    except ProtectedError:
        message = "This customer has a wallet, which stays in the books: suspend the customer."
        raise SubscriberInUse(message) from None


def _saved(
    subscriber: Subscriber, password: str | None, *, before: str | None = None
) -> Subscriber:
    _check(subscriber)
    try:
        with transaction.atomic():
            old = stored(subscriber, TOLD)
            if password is None:
                clear = compiling.stored_password(before or subscriber.username)
            else:
                clear = password
            subscriber.save()
            if before is not None and before != subscriber.username:
                _forget(before)
            compiling.write_subscriber(subscriber, clear)
            _tell(subscriber, old, password_changed=password is not None)
    except IntegrityError:
        message = "A subscriber with this username exists already."
        raise SubscriberInvalid(message, field="username") from None
    return subscriber


def _tell(subscriber: Subscriber, old: dict[str, Any] | None, *, password_changed: bool) -> None:
    new = snapshot(subscriber, TOLD)
    if old is None:
        announce("subscriber.created", subscriber.pk, new=new)
        return
    if password_changed:
        new["password_changed"] = True
    announce("subscriber.updated", subscriber.pk, old=old, new=new)


def _check(subscriber: Subscriber) -> None:
    try:
        subscriber.full_clean(validate_unique=False, exclude=["plan"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise SubscriberInvalid(messages[0], field=field) from None


def _forget(username: str) -> None:
    compiling.forget_users([username])
    compiling.recompile([username])
