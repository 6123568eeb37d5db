"""Writes: which departments hear of which events."""

from collections.abc import Sequence

from django.db import transaction

from wificore.kernel.changes import announce, snapshot, stored

from ..models import AlertRoute, Department
from ..rows import Invalid, clean

TOLD = ("event_type", "min_severity", "site")


def alert_route_save(
    *, route: AlertRoute, departments: Sequence[int] | None = None, using: str = "default"
) -> AlertRoute:
    """Store a route with its departments; None leaves them as they are.

    Raises:
        Invalid: a department or site does not exist, or the event's name is malformed.
    """
    found = None if departments is None else _departments(departments, using)
    with transaction.atomic(using=using):
        before = stored(route, TOLD, using=using)
        old = None if before is None else {**before, "departments": _of(route)}
        clean(route, using)
        route.save(using=using)
        if found is not None:
            route.departments.set(found)
        event = "alert_route.created" if old is None else "alert_route.updated"
        new = {**snapshot(route, TOLD), "departments": _of(route)}
        announce(event, route.pk, old=old, new=new, using=using)
    return route


def alert_route_delete(*, route: AlertRoute) -> None:
    """Remove a route."""
    with transaction.atomic():
        key, old = route.pk, {**snapshot(route, TOLD), "departments": _of(route)}
        route.delete()
        announce("alert_route.deleted", key, old=old)


def _of(route: AlertRoute) -> list[int]:
    return sorted(route.departments.values_list("pk", flat=True))


def _departments(ids: Sequence[int], using: str) -> list[Department]:
    found = list(Department.objects.using(using).filter(pk__in=ids))
    missing = set(ids) - {row.pk for row in found}
    if not ids:
        raise Invalid("Name at least one department.", field="departments")
    if missing:
        raise Invalid(f"There is no department {sorted(missing)[0]}.", field="departments")
    return found
