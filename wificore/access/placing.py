"""Where a user stands in the organisation: roles, departments, sites."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .guard import By
from .models import Department, ExtraDepartment, Role, Site, User
from .rows import Invalid


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


@dataclass
class _Found:
    """The rows that a placement names."""

    roles: list[Role] = field(default_factory=list)
    departments: dict[int, Department] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)


def place(user: User, wanted: Placement, by: By | None, using: str) -> None:
    """Let a stored user stand where it is wanted. Raises Invalid, NotYours."""
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


def placed(user: User, using: str) -> dict[str, Any]:
    """Where a user stands, as events and audit tell it."""
    extra = ExtraDepartment.objects.using(using).filter(user_id=user.pk)
    roles = Role.objects.using(using).filter(users=user.pk)
    sites = Site.objects.using(using).filter(extra_users=user.pk)
    return {
        "primary_department": user.primary_department_id,
        "roles": sorted(roles.values_list("name", flat=True)),
        "extra_departments": sorted(extra.values_list("department_id", flat=True)),
        "extra_sites": sorted(sites.values_list("pk", flat=True)),
    }


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
    """Raises NotYours: it gives or takes what the writer does not have.

    What takes effect at once is compared by `rights_change`; this is also about what sleeps: a
    role that a position denies, a site or department that is not active.
    """
    if wanted.roles is not None:
        changed = set(found.roles) ^ set(user.roles.all())
        by.check_codes({code for role in changed for code in role.codes}, field="roles")
    if wanted.extra_sites is not None:
        held = set(user.extra_sites.values_list("pk", flat=True))
        by.check_sites(held ^ {site.pk for site in found.sites}, field="extra_sites")
    stood = {user.primary_department_id, *_extras(user)}
    lent = Site.objects.filter(departments__in=set(found.departments) - stood)
    by.check_sites(lent.values_list("pk", flat=True), field="departments")


def _extras(user: User) -> list[int]:
    return list(user.extra_departments.values_list("department_id", flat=True))


def _extra_departments(user: User, wanted: Mapping[int, bool], using: str) -> None:
    rows = ExtraDepartment.objects.using(using)
    rows.filter(user=user).exclude(department_id__in=wanted).delete()
    for department_id, alerts in wanted.items():
        rows.update_or_create(
            user=user, department_id=department_id, defaults={"receive_alerts": alerts}
        )
