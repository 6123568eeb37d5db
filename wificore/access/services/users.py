"""Writes: users."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.files.services import files_forget
from wificore.kernel.changes import announce
from wificore.kernel.phones import normalised

from ..guard import By, person, rights_change
from ..models import ApiToken, User
from ..placing import Placement, place, placed
from ..rows import Invalid, clean
from ..signin.addresses import address_follow
from ..signin.sessions import end_all
from .tokens import token_revoke

# What events and audit tell of users; of a password only that it was changed.
TOLD = ("email", "name", "phone", "is_active")
STORED = ("email", "name", "phone", "is_active", "primary_department")
# What a user may not change of itself without the key.
OWN_RIGHTS = ("is_active", "primary_department", "roles", "extra_departments", "extra_sites")


def user_create(
    *,
    email: str,
    password: str | None,
    roles: Collection[str] = (),
    name: str = "",
    phone: str = "",
    placement: Placement | None = None,
    by: By | None = None,
) -> User:
    """A new active user of the active context; without a password it cannot sign in by one.

    Raises:
        Invalid: the address is malformed or taken, or what it is placed in does not exist.
        NotYours: it gets more than its maker has.
    """
    user = User(email=email, name=name, phone=phone)
    user.set_password(password)
    return user_save(user=user, placement=placement or Placement(roles=roles), by=by)


def user_update(
    *,
    user: User,
    email: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    is_active: bool | None = None,
    placement: Placement | None = None,
    by: By | None = None,
) -> User:
    """Change a user; what is None stays. Raises like `user_save`."""
    user.email = user.email if email is None else email
    user.name = user.name if name is None else name
    user.phone = user.phone if phone is None else phone
    user.is_active = user.is_active if is_active is None else is_active
    return user_save(user=user, placement=placement, by=by)


def user_save(
    *,
    user: User,
    placement: Placement | None = None,
    by: By | None = None,
    using: str = "default",
) -> User:
    """Store a user, new or changed, and where it stands.

    Raises:
        Invalid: the address is malformed or taken, or what it is placed in does not exist.
        NotYours: the user has more rights than the writer, or would get more.
        LastOwner: nobody could change roles any more.
    """
    with rights_change(using, by=by) as by:
        before = User.objects.using(using).filter(pk=user.pk).first() if user.pk else None
        old = None if before is None else _told(before, using)
        if by and before:
            by.check_person(person(before, using))
        _store(user, using, new=before is None)
        address_follow(user, using=using)
        if before and before.is_active and not user.is_active:
            end_all(user)
        place(user, placement or Placement(), by, using)
        new = _told(user, using)
        if by and old and any(old[name] != new[name] for name in OWN_RIGHTS):
            by.check_not_self([user.pk])
        event = "user.created" if old is None else "user.updated"
        announce(event, user.pk, old=old, new=new, using=using)
    return user


def user_roles_set(*, user: User, roles: Collection[str], by: By | None = None) -> None:
    """Give a user exactly these roles.

    Raises:
        Invalid: there is no such role. NotYours, LastOwner: as in `user_update`.
    """
    user_update(user=user, placement=Placement(roles=roles), by=by)


def user_phone_set(*, user: User, phone: str) -> None:
    """The user's own choice where text messages go; it is no right, so nobody is asked.

    Raises:
        Invalid: it is no telephone number.
    """
    try:
        number = normalised(phone)
    except ValueError as error:
        raise Invalid(str(error), field="phone") from None
    with transaction.atomic():
        before = User.objects.select_for_update().get(pk=user.pk).phone
        User.objects.filter(pk=user.pk).update(phone=number)
        announce("user.updated", user.pk, old={"phone": before}, new={"phone": number})
    user.phone = number


def user_password_set(*, user: User, password: str, by: By | None = None) -> None:
    """Give a user another password, which ends the user's sign-ins.

    Raises:
        NotYours: the user has more rights than the writer, who could sign in as the user.
    """
    user.set_password(password)
    with transaction.atomic() if by is None else rights_change(by=by) as writer:
        if writer:
            writer.check_person(person(user))
        user.save(update_fields=["password"])
        end_all(user)
        announce("user.updated", user.pk, old={}, new={"password_changed": True})


def user_remove(*, user: User, by: By | None = None) -> None:
    """Delete a user who has done nothing yet; any other one is deactivated, for its history.

    Raises: as `user_delete`.
    """
    if user.last_login or user.assignments.exists() or ApiToken.objects.filter(user=user).exists():
        user_update(user=user, is_active=False, by=by)
    else:
        user_delete(user=user, by=by)


def user_delete(*, user: User, by: By | None = None) -> None:
    """Remove a user and the user's tokens.

    Raises:
        NotYours: the user has more rights than the writer, or is the writer.
        LastOwner: nobody could change roles any more.
    """
    key = user.pk
    with rights_change(by=by) as by:
        if by:
            by.check_person(person(user))
            by.check_not_self([key])
        old = _told(user)
        for token in ApiToken.objects.filter(user=user):
            token_revoke(token=token)
        end_all(user)
        files_forget(subject_type="user", subject_id=key)
        user.delete()
        announce("user.deleted", key, old=old)


def seed_owner(_tenant: Tenant, owner: FirstUser, using: str) -> None:
    """A new tenant's first user; an existing one is left as it is."""
    if not User.objects.using(using).filter(email=owner.email).exists():
        user = User(email=owner.email, password=owner.password_hash)
        user_save(user=user, placement=Placement(roles=["owner"]), using=using)


def _told(user: User, using: str = "default") -> dict[str, Any]:
    """What events and audit tell of a user."""
    return {**{name: user.serializable_value(name) for name in TOLD}, **placed(user, using)}


def _store(user: User, using: str, *, new: bool) -> None:
    """Never `authz_version`: what is in memory may be older than what another writer counted.

    Raises:
        Invalid: the address is malformed or taken.
    """
    clean(user, using, exclude=["password", "primary_department"])
    try:
        with transaction.atomic(using=using):
            user.save(using=using, update_fields=None if new else STORED)
    except IntegrityError:
        raise Invalid("A user with this email address exists already.", field="email") from None
