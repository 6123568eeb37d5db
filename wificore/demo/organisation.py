"""The demo's organisation: sites, who works there, and what positions do to that."""

from datetime import timedelta

from django.utils import timezone

from radius import services as radius
from radius.registry.models import Nas
from wificore.access.models import AlertRoute, Assignment, Department, Position, Settings, Site
from wificore.access.models import User as Staff
from wificore.access.services import (
    Placement,
    alert_route_save,
    assignment_create,
    department_save,
    position_save,
    settings_update,
    site_save,
    user_create,
)

from .people import ACTING_DAYS, ALERTS, POSITIONS, SITES, STAFF, ZONE, DemoTenant


def organise(demo: DemoTenant) -> None:
    """What is missing of it."""
    if Settings.objects.get(pk=1).zone != ZONE:
        settings_update(zone=ZONE)
    for site, departments in SITES.items():
        _site(site, departments)
    for title, (department, rules) in POSITIONS.items():
        if not Position.objects.filter(title=title).exists():
            home = Department.objects.get(name=department)
            position_save(position=Position(department=home, title=title, **rules))
    for person in STAFF:
        _staff(demo, *person)
    for event_type, department in ALERTS.items():
        if not AlertRoute.objects.filter(event_type=event_type).exists():
            home = Department.objects.get(name=department)
            alert_route_save(route=AlertRoute(event_type=event_type), departments=[home.pk])
    _routers()


def _site(name: str, departments: tuple[str, ...]) -> None:
    if Site.objects.filter(name=name).exists():
        return
    site = site_save(site=Site(name=name, zone=ZONE))
    for department in Department.objects.filter(name__in=departments):
        held = department.sites.values_list("pk", flat=True)
        department_save(department=department, sites=[*held, site.pk])


def _staff(demo: DemoTenant, name: str, role: str, department: str, position: str) -> None:
    home = Department.objects.get(name=department)
    user = Staff.objects.filter(email=demo.email(name)).first() or user_create(
        email=demo.email(name),
        password=demo.password(name),
        name=name.title(),
        placement=Placement(roles=[role], primary_department=home.pk),
    )
    if position and not Assignment.objects.filter(user=user).exists():
        today = timezone.now().date()
        acting = position.startswith("Acting")
        assignment_create(
            user=user,
            position=Position.objects.get(title=position),
            starts_on=today,
            ends_on=today + timedelta(days=ACTING_DAYS) if acting else None,
        )


def _routers() -> None:
    """The first router at the first site, the second at the second; the rest are everybody's."""
    sites = Site.objects.filter(name__in=SITES).order_by("pk")
    for site, nas in zip(sites, Nas.objects.order_by("pk"), strict=False):
        if nas.site_id is None:
            radius.nas_update(nas=nas, site_id=site.pk)
