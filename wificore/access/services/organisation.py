"""Writes: sites, departments, and the organisation's settings."""

from collections.abc import Collection
from functools import partial

from wificore.kernel.changes import announce, snapshot, stored

from ..guard import By, rights_change
from ..models import Department, Settings, Site
from ..records import site_users
from ..rows import Invalid, StillUsed, clean, row_delete, row_save

TOLD_OF_SETTINGS = ("zone", "colour")
TOLD_OF_SITES = ("name", "zone", "active")
TOLD_OF_DEPARTMENTS = ("name", "parent", "active")


def settings_update(
    *, zone: str | None = None, colour: str | None = None, by: By | None = None
) -> Settings:
    """The zone in which days begin and end, and the organisation's colour; None keeps it.

    Raises:
        Invalid: there is no such zone, or it is no colour.
        NotYours: a position would begin or end today by it, and the writer may not do that.
    """
    with rights_change(by=by):
        settings = Settings.objects.get(pk=1)
        old = snapshot(settings, TOLD_OF_SETTINGS)
        settings.zone = settings.zone if zone is None else zone
        settings.colour = settings.colour if colour is None else colour
        clean(settings)
        settings.save()
        new = snapshot(settings, TOLD_OF_SETTINGS)
        announce("settings.updated", settings.pk, old=old, new=new)
    return settings


def site_save(*, site: Site, by: By | None = None) -> Site:
    """Store a site, new or changed.

    Raises:
        Invalid: a field is wrong.
        NotYours: it is outside the writer's scope; a new one is in the scope of those only who
            see every site.
    """
    return row_save(site, "site", TOLD_OF_SITES, by=by, check=partial(_check_site, site))


def site_delete(*, site: Site, by: By | None = None) -> None:
    """Remove a site that nothing refers to.

    Raises:
        StillUsed: somebody's scope has it, or another app's rows lie there.
        NotYours: it is outside the writer's scope.
    """
    if site.departments.exists() or site.extra_users.exists():
        raise StillUsed("Somebody's scope has this site: take it out first.")
    if site.alertroute_set.exists():
        raise StillUsed("An alert route is for this site: change that first.")
    if used := site_users(site.pk):
        raise StillUsed(f"{used[0]} at this site: move them first, or make it inactive.")
    row_delete(site, "site", TOLD_OF_SITES, by=by, check=partial(_check_site, site))


def _check_site(site: Site, by: By) -> None:
    if site.pk:
        by.check_sites([site.pk])
    else:
        by.check_every_site()


def department_save(
    *,
    department: Department,
    sites: Collection[int] | None = None,
    by: By | None = None,
    using: str = "default",
) -> Department:
    """Store a department with its sites; None leaves them as they are.

    Raises:
        Invalid: the name is taken, a site does not exist, or it is its own ancestor.
        NotYours: it gives or takes a site outside the writer's scope, or to the writer itself.
    """
    with rights_change(using, by=by) as by:
        held = set(department.sites.values_list("pk", flat=True)) if department.pk else set()
        if by and sites is not None and held ^ set(sites):
            by.check_sites(held ^ set(sites), field="sites")
            by.check_not_self(_members(department))
        before = stored(department, TOLD_OF_DEPARTMENTS, using=using)
        old = None if before is None else {**before, "sites": sorted(held)}
        clean(department, using)
        _check_ancestors(department)
        department.save(using=using)
        if sites is not None:
            department.sites.set(_sites(sites))
        new = snapshot(department, TOLD_OF_DEPARTMENTS)
        now = sorted(held if sites is None else set(sites))
        event = "department.created" if old is None else "department.updated"
        announce(event, department.pk, old=old, new={**new, "sites": now}, using=using)
    return department


def department_delete(*, department: Department, by: By | None = None) -> None:
    """Remove a department that has no member, position, child or alert route.

    Raises:
        StillUsed: it has one. NotYours: it lends a site outside the writer's scope.
    """
    lent = list(department.sites.values_list("pk", flat=True))
    if department.extras.exists():
        raise StillUsed("It is somebody's extra department: take it away first.")
    if department.alert_routes.exists():
        raise StillUsed("An alert route leads to it: change that first.")
    row_delete(
        department,
        "department",
        TOLD_OF_DEPARTMENTS,
        by=by,
        check=lambda writer: writer.check_sites(lent),
    )


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


def _sites(ids: Collection[int]) -> list[Site]:
    found = list(Site.objects.filter(pk__in=ids))
    missing = set(ids) - {site.pk for site in found}
    if missing:
        raise Invalid(f"There is no site {sorted(missing)[0]}.", field="sites")
    return found
