"""Writes: users, and where they stand in the organisation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.kernel.changes import announce

from ..guard import By, rights_change
from ..models import ApiToken, Department, ExtraDepartment, Role, Site, User
from ..rows import Invalid, clean
from .tokens import token_revoke

# What events and audit tell of users; of a password only that it was changed.
TOLD = ("email", "name", "is_active", "primary_department")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a user stands. None: it stays as it is.

    Attributes:
        roles: names. extra_departments: ids, and whether their alerts are wanted.
        extra_sites: ids.
    """

    roles: Collection[str] | None = None
    primary_department: int | None = None
    clear_department: bool = False
    extra_departments: Mapping[int, bool] | None = None
    extra_sites: Collection[int] | None = None

    @property
    def empty(self) -> bool:
        return self == Placement()


@dataclass
class _Found:
    """The rows that a placement names."""

    roles: list[Role] = field(default_factory=list)
    departments: dict[int, Department] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)


def user_create(
    *,
    email: str,
    password: str | None,
    roles: Collection[str] = (),
    name: str = "",
    placement: Placement | None = None,
    by: By | None = None,
) -> User:
    """A new active user of the active context; without a password it cannot sign in by one.

    Raises:
        Invalid: the address is malformed or taken, or what it is placed in does not exist.
        NotYours: it gets more than its maker has.
    """
    user = User(email=email, name=name)
    user.set_password(password)
    return user_save(user=user, placement=placement or Placement(roles=roles), by=by)


def user_update(
    *,
    user: User,
    email: str | None = None,
    name: str | None = None,
    is_active: bool | None = None,
    placement: Placement | None = None,
    by: By | None = None,
) -> User:
    """Change a user; what is None stays. Raises like `user_save`."""
    user.email = user.email if email is None else email
    user.name = user.name if name is None else name
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
    before = User.objects.using(using).filter(pk=user.pk).first() if user.pk else None
    if by and before:
        by.check_person(before)
    with rights_change(using):
        old = None if before is None else _told(before, using)
        _store(user, using)
        _place(user, placement or Placement(), by, using)
        event = "user.created" if old is None else "user.updated"
        announce(event, user.pk, old=old, new=_told(user, using), using=using)
    return user


def user_roles_set(*, user: User, roles: Collection[str], by: By | None = None) -> None:
    """Give a user exactly these roles.

    Raises:
        Invalid: there is no such role. NotYours, LastOwner: as in `user_update`.
    """
    user_update(user=user, placement=Placement(roles=roles), by=by)


def user_password_set(*, user: User, password: str) -> None:
    """Give a user another password."""
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        announce("user.updated", user.pk, old={}, new={"password_changed": True})


def user_delete(*, user: User, by: By | None = None) -> None:
    """Remove a user and the user's tokens.

    Raises:
        NotYours: the user has more rights than the writer. LastOwner: as in `user_update`.
    """
    if by:
        by.check_person(user)
    key = user.pk
    with rights_change():
        old = _told(user)
        for token in ApiToken.objects.filter(user=user):
            token_revoke(token=token)
        user.delete()
        announce("user.deleted", key, old=old)


def seed_owner(_tenant: Tenant, owner: FirstUser, using: str) -> None:
    """A new tenant's first user; an existing one is left as it is."""
    if not User.objects.using(using).filter(email=owner.email).exists():
        user = User(email=owner.email, password=owner.password_hash)
        user_save(user=user, placement=Placement(roles=["owner"]), using=using)


def _told(user: User, using: str = "default") -> dict[str, Any]:
    """What events and audit tell of a user."""
    return {**{name: user.serializable_value(name) for name in TOLD}, **_placed(user, using)}


def _placed(user: User, using: str) -> dict[str, Any]:
    extra = ExtraDepartment.objects.using(using).filter(user_id=user.pk)
    roles = Role.objects.using(using).filter(users=user.pk)
    sites = Site.objects.using(using).filter(extra_users=user.pk)
    return {
        "roles": sorted(roles.values_list("name", flat=True)),
        "extra_departments": sorted(extra.values_list("department_id", flat=True)),
        "extra_sites": sorted(sites.values_list("pk", flat=True)),
    }


def _store(user: User, using: str) -> None:
    """Raises Invalid: the address is malformed or taken."""
    clean(user, using, exclude=["password", "primary_department"])
    try:
        with transaction.atomic(using=using):
            user.save(using=using)
    except IntegrityError:
        raise Invalid("A user with this email address exists already.", field="email") from None


def _place(user: User, wanted: Placement, by: By | None, using: str) -> None:
    if wanted.empty:
        return
    found = _found(wanted, using)
    if by:
        _check(user, wanted, found, by)
    if wanted.roles is not None:
        user.roles.set(found.roles)
    if wanted.primary_department is not None or wanted.clear_department:
        user.primary_department = found.departments.get(wanted.primary_department or 0)
        user.save(using=using, update_fields=["primary_department"])
    if wanted.extra_departments is not None:
        _extra_departments(user, wanted.extra_departments, using)
    if wanted.extra_sites is not None:
        user.extra_sites.set(found.sites)


def _found(wanted: Placement, using: str) -> _Found:
    """Raises Invalid: something does not exist."""
    roles = _all_of(Role.objects.using(using), "name", wanted.roles or (), "roles")
    ids = {*(wanted.extra_departments or {}), *filter(None, [wanted.primary_department])}
    departments = _all_of(Department.objects.using(using), "pk", ids, "departments")
    sites = _all_of(Site.objects.using(using), "pk", wanted.extra_sites or (), "extra_sites")
    return _Found(roles, {row.pk: row for row in departments}, sites)


def _all_of(rows: Any, name: str, wanted: Collection[Any], field: str) -> list[Any]:
    found = list(rows.filter(**{f"{name}__in": list(wanted)}))
    missing = set(wanted) - {getattr(row, name) for row in found}
    if missing:
        raise Invalid(f"There is no {sorted(missing)[0]} here.", field=field)
    return found


def _check(user: User, wanted: Placement, found: _Found, by: By) -> None:
    """Raises NotYours: it gives or takes what the writer does not have."""
    by.check_not_self([user.pk])
    if wanted.roles is not None:
        changed = set(found.roles) ^ set(user.roles.all())
        by.check_codes({code for role in changed for code in role.codes}, field="roles")
    if wanted.extra_sites is not None:
        held = set(user.extra_sites.values_list("pk", flat=True))
        by.check_sites(held ^ {site.pk for site in found.sites}, field="extra_sites")
    lent = Site.objects.filter(departments__in=list(found.departments.values()))
    by.check_sites(lent.values_list("pk", flat=True), field="departments")


def _extra_departments(user: User, wanted: Mapping[int, bool], using: str) -> None:
    rows = ExtraDepartment.objects.using(using)
    rows.filter(user=user).exclude(department_id__in=wanted).delete()
    for department_id, alerts in wanted.items():
        rows.update_or_create(
            user=user, department_id=department_id, defaults={"receive_alerts": alerts}
        )
