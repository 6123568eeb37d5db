"""Writes: sites, departments, and the organisation's settings."""

from collections.abc import Sequence

from wificore.kernel.changes import announce, snapshot, stored

from ..guard import By, rights_change
from ..models import Department, Settings, Site
from ..rows import Invalid, StillUsed, clean, row_delete, row_save

TOLD_OF_SITES = ("name", "zone", "active")
TOLD_OF_DEPARTMENTS = ("name", "parent", "active")


def settings_update(*, zone: str) -> Settings:
    """The zone in which days begin and end.

    Raises:
        Invalid: there is no such zone.
    """
    with rights_change():
        settings = Settings.objects.get(pk=1)
        old = {"zone": settings.zone}
        settings.zone = zone
        clean(settings)
        settings.save()
        announce("settings.updated", settings.pk, old=old, new={"zone": zone})
    return settings


def site_save(*, site: Site, by: By | None = None) -> Site:
    """Store a site, new or changed. Raises Invalid, NotYours."""
    if by and site.pk:
        by.check_sites([site.pk])
    return row_save(site, "site", TOLD_OF_SITES)


def site_delete(*, site: Site) -> None:
    """Remove a site that nothing refers to. Raises StillUsed."""
    if site.departments.exists() or site.extra_users.exists():
        raise StillUsed("Somebody's scope has this site: take it out first.")
    row_delete(site, "site", TOLD_OF_SITES)


def department_save(
    *,
    department: Department,
    sites: Sequence[int] | None = None,
    by: By | None = None,
    using: str = "default",
) -> Department:
    """Store a department with its sites; None leaves them as they are.

    Raises:
        Invalid: the name is taken, a site does not exist, or it is its own ancestor.
        NotYours: it gives or takes a site outside the writer's scope, or to the writer itself.
    """
    held = set(department.sites.values_list("pk", flat=True)) if department.pk else set()
    changed = held if sites is None else held ^ set(sites)
    if by and changed and sites is not None:
        by.check_sites(changed, field="sites")
        by.check_not_self(_members(department))
    _check_ancestors(department)
    with rights_change(using):
        old = None
        if department.pk:
            before = stored(department, TOLD_OF_DEPARTMENTS, using=using) or {}
            old = {**before, "sites": sorted(held)}
        clean(department, using)
        department.save(using=using)
        if sites is not None:
            department.sites.set(_sites(sites))
        new = snapshot(department, TOLD_OF_DEPARTMENTS)
        now = sorted(sites) if sites is not None else sorted(held)
        event = "department.created" if old is None else "department.updated"
        announce(event, department.pk, old=old, new={**new, "sites": now}, using=using)
    return department


def department_delete(*, department: Department) -> None:
    """Remove a department that has no member, position or child. Raises StillUsed."""
    if department.extras.exists():
        raise StillUsed("It is somebody's extra department: take it away first.")
    row_delete(department, "department", TOLD_OF_DEPARTMENTS)


def _check_ancestors(department: Department) -> None:
    seen, parent = {department.pk}, department.parent
    while parent is not None:
        if parent.pk in seen:
            raise Invalid("A department cannot be above itself.", field="parent")
        seen.add(parent.pk)
        parent = parent.parent


def _members(department: Department) -> list[int]:
    if not department.pk:
        return []
    extras = department.extras.values_list("user_id", flat=True)
    return [*department.members.values_list("pk", flat=True), *extras]


def _sites(ids: Sequence[int]) -> list[Site]:
    found = list(Site.objects.filter(pk__in=ids))
    missing = set(ids) - {site.pk for site in found}
    if missing:
        raise Invalid(f"There is no site {sorted(missing)[0]}.", field="sites")
    return found
